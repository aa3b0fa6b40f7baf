/** Search and filters of a report's cells and tests, kept in the address. */
import { hasChoices, keepChoices, readChoice } from './address.ts';
import { expandCell, filesOf, type PlainRow, plainRowsOf } from './plain-rows.ts';

const AXES = ['kernel', 'config', 'cgroup', 'agent', 'machine'];
const TRAITS = ['new', 'unexpected', 'known', 'flaky', 'cached', 'slow'];
/** So few are shown at once. */
const OPENED_MAX = 100;

interface Cell {
  readonly element: HTMLDetailsElement;
  readonly files: readonly File[];
  /** By the filter, which closes it again. */
  isOpened: boolean;
}

interface File {
  readonly name: string;
  readonly tests: readonly Test[];
  /** Its name and the list of its tests. */
  hide(isHidden: boolean): void;
}

interface Test {
  readonly verdict: string | undefined;
  /** In lower case. */
  readonly text: string;
  readonly traits: readonly string[];
  hide(isHidden: boolean): void;
}

/** A choice by its name; one that was not made is empty. */
type Choices = Readonly<Record<string, string>>;

export function startTestFilter(form: HTMLFormElement): void {
  // Reading all texts takes a moment, which only those wait for who filter.
  let cells: readonly Cell[] | undefined;
  let shown = '';
  const apply = (): void => {
    const chosen = chosenIn(form);
    keepChoices(
      Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, value || undefined])),
    );
    const wanted = JSON.stringify(chosen);
    const isSame = wanted === shown || (cells === undefined && !isFiltering(chosen));
    if (isSame) return;
    shown = wanted;
    cells ??= indexCells();
    show(cells, chosen, form);
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  // The event comes before the fields are reset.
  form.addEventListener('reset', () => setTimeout(apply));
  window.addEventListener('hashchange', () => {
    // A link to a place alone changes nothing of what is chosen.
    if (hasChoices()) restoreChoices(form);
    apply();
  });
  restoreChoices(form);
  apply();
}

/** Shows everything again if the filter hides what the address leads to. */
export function unhideTarget(target: Element): void {
  const form = document.getElementById('filters');
  if (!(form instanceof HTMLFormElement) || target.closest('[hidden]') === null) return;
  form.reset();
  form.dispatchEvent(new Event('input'));
}

function fieldsOf(form: HTMLFormElement): readonly (HTMLInputElement | HTMLSelectElement)[] {
  return [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')];
}

function chosenIn(form: HTMLFormElement): Choices {
  return Object.fromEntries(
    fieldsOf(form).map((field) => [
      field.name,
      isBox(field) ? (field.checked ? 'on' : '') : field.value,
    ]),
  );
}

function restoreChoices(form: HTMLFormElement): void {
  for (const field of fieldsOf(form)) {
    const value = readChoice(field.name) ?? '';
    if (isBox(field)) field.checked = value === 'on';
    else field.value = value;
    // A link may be of a run that had other kernels.
    if (field instanceof HTMLSelectElement && field.selectedIndex === -1) field.value = '';
  }
}

function isBox(field: HTMLInputElement | HTMLSelectElement): field is HTMLInputElement {
  return field.type === 'checkbox';
}

function isFiltering(chosen: Choices): boolean {
  return Object.values(chosen).some((value) => value !== '');
}

function indexCells(): readonly Cell[] {
  return [...document.querySelectorAll<HTMLDetailsElement>('details.cell')].map((element) => ({
    element,
    files: [...element.querySelectorAll<HTMLElement>('ol.tests, div.plain')].flatMap((list) =>
      list.matches('.plain') ? indexFiles(list, element) : [indexFile(list, element)],
    ),
    isOpened: false,
  }));
}

function indexFile(list: HTMLElement, cell: HTMLElement): File {
  const { file: name = '' } = list.dataset;
  const common = `${cell.dataset.cell} ${name}`;
  return {
    name,
    hide: (isHidden) => hideList(list, isHidden),
    tests: [...list.children]
      .filter((one) => one instanceof HTMLElement)
      .flatMap((one) =>
        one.matches('.plain') ? indexBlock(one, common) : [indexRow(one, common)],
      ),
  };
}

/** With the name of its file. */
function hideList(list: HTMLElement, isHidden: boolean): void {
  const before = list.previousElementSibling;
  list.hidden = isHidden;
  if (before?.matches('.file') === true) before.toggleAttribute('hidden', isHidden);
}

function indexRow(element: HTMLElement, common: string): Test {
  return {
    verdict: element.dataset.verdict,
    text: `${common} ${element.textContent}`.toLowerCase(),
    traits: element.dataset.traits?.split(' ') ?? [],
    hide: (isHidden) => {
      if (element.hidden !== isHidden) element.hidden = isHidden;
    },
  };
}

/** Tests that are rows only once their cell is opened. */
function indexBlock(block: HTMLElement, common: string): readonly Test[] {
  return plainRowsOf(block).map((row) => indexPlain(row, common));
}

/** The same of whole files. */
function indexFiles(block: HTMLElement, cell: HTMLElement): readonly File[] {
  return filesOf(plainRowsOf(block)).map((rows) => {
    const name = rows[0]?.test.file ?? '';
    return {
      name,
      tests: rows.map((row) => indexPlain(row, `${cell.dataset.cell} ${name}`)),
      hide: (isHidden) => {
        const list = rows[0]?.element?.parentElement;
        if (list != null) hideList(list, isHidden);
      },
    };
  });
}

function indexPlain(row: PlainRow, common: string): Test {
  return {
    verdict: row.test.verdict,
    text: `${common} ${row.test.verdict} ${row.test.title} ${row.test.reason}`.toLowerCase(),
    traits: row.test.traits,
    hide: (isHidden) => {
      row.isHidden = isHidden;
      if (row.element !== undefined) row.element.hidden = isHidden;
    },
  };
}

function show(cells: readonly Cell[], chosen: Choices, form: HTMLFormElement): void {
  const words = (chosen.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const traits = TRAITS.filter((trait) => chosen[trait] === 'on');
  const isWanted = ({ verdict, text, traits: own }: Test): boolean =>
    (!chosen.verdict || verdict === chosen.verdict) &&
    (traits.length === 0 || traits.some((trait) => own.includes(trait))) &&
    words.every((word) => text.includes(word));
  const found = cells.map((cell) => showCell(cell, chosen, isWanted));
  const tests = found.reduce((sum, number) => sum + number, 0);
  const isOn = isFiltering(chosen);
  for (const [index, cell] of cells.entries()) {
    const number = found[index] ?? 0;
    foldCell(cell, isOn && number > 0 && tests <= OPENED_MAX);
    const note = cell.element.querySelector('.found');
    if (note !== null) note.textContent = isOn ? `${number} found` : '';
  }
  const output = form.querySelector('output');
  const inCells = found.filter((number) => number > 0).length;
  if (output !== null) output.textContent = isOn ? `${tests} found in ${inCells} cells` : '';
  document.querySelector('.no-match')?.toggleAttribute('hidden', tests > 0);
}

/** Returns how many tests of it are shown. */
function showCell(
  { element, files }: Cell,
  chosen: Choices,
  isWanted: (test: Test) => boolean,
): number {
  const isInAxes = AXES.every((axis) => !chosen[axis] || element.dataset[axis] === chosen[axis]);
  let found = 0;
  for (const { name, tests, hide } of isInAxes ? files : []) {
    const isFile = !chosen.scenario || chosen.scenario === name;
    let own = 0;
    for (const test of tests) {
      const isShown = isFile && isWanted(test);
      test.hide(!isShown);
      if (isShown) own += 1;
    }
    hide(own === 0);
    found += own;
  }
  const isHidden = found === 0;
  if (element.hidden !== isHidden) element.hidden = isHidden;
  return found;
}

/** Cells that the reader has opened stay open. */
function foldCell(cell: Cell, isWanted: boolean): void {
  if (isWanted && !cell.element.open) {
    expandCell(cell.element);
    cell.element.open = true;
    cell.isOpened = true;
  } else if (!isWanted && cell.isOpened) {
    cell.element.open = false;
    cell.isOpened = false;
  }
}
