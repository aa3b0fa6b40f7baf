/** Makes rows, with bars and links, of the tests of a cell that are lines of a text until it is opened. */
import { type PlainTest, pathOf, plainTestsOf, THICK, THIN } from './plain-tests.ts';

export interface PlainRow {
  readonly test: PlainTest;
  isHidden: boolean;
  /** Once its cell has been opened. */
  element?: HTMLElement;
}

const known = new WeakMap<Element, readonly PlainRow[]>();

/** Of a block of lines; always the same objects. */
export function plainRowsOf(block: HTMLElement): readonly PlainRow[] {
  const { bars = '' } = block.dataset;
  const file = block.parentElement?.dataset.file ?? '';
  const rows =
    known.get(block) ??
    plainTestsOf(block.textContent, bars, file).map((test) => ({ test, isHidden: false }));
  known.set(block, rows);
  return rows;
}

export function startPlainRows(): void {
  // It does not bubble.
  document.addEventListener('toggle', ({ target }) => expandFold(target), true);
  for (const cell of document.querySelectorAll('.cell[open]')) expandFold(cell);
}

/** If it is a cell that is open. */
function expandFold(fold: EventTarget | null): void {
  if (fold instanceof HTMLDetailsElement && fold.open && fold.matches('.cell')) expandCell(fold);
}

export function expandCell(cell: HTMLElement): void {
  for (const block of cell.querySelectorAll<HTMLElement>('.plain')) {
    const rows = plainRowsOf(block);
    for (const row of rows) {
      row.element = elementOf(row.test, cell);
      row.element.hidden = row.isHidden;
    }
    const isInList = block.matches('li');
    block.replaceWith(
      ...(isInList ? elementsOf(rows) : filesOf(rows).flatMap((own) => listOf(own))),
    );
  }
}

function elementsOf(rows: readonly PlainRow[]): readonly HTMLElement[] {
  return rows.flatMap(({ element }) => element ?? []);
}

/** Rows that stand below the name of one file. */
export function filesOf(rows: readonly PlainRow[]): readonly (readonly PlainRow[])[] {
  const files: PlainRow[][] = [];
  for (const row of rows) {
    const last = files.at(-1);
    if (last?.[0]?.test.file === row.test.file) last.push(row);
    else files.push([row]);
  }
  return files;
}

/** The name of a file, as a link, and its tests. */
function listOf(rows: readonly PlainRow[]): readonly HTMLElement[] {
  const file = rows[0]?.test.file ?? '';
  const list = document.createElement('ol');
  list.className = 'tests';
  list.dataset.file = file;
  list.append(...elementsOf(rows));
  list.hidden = rows.every(({ isHidden }) => isHidden);
  if (file === 'boots') return [list];
  const [head, link] = [document.createElement('p'), document.createElement('a')];
  head.className = 'file';
  head.hidden = list.hidden;
  link.href = `#${['scenario', ...file.split('/')].map(encodeURIComponent).join('/')}`;
  link.textContent = file;
  head.append(link);
  return [head, list];
}

/** Makes rows of the cell whose test has an address, since only rows have ids. */
export function expandCellOf(place: string): void {
  for (const cell of document.querySelectorAll<HTMLElement>('.cell')) {
    if (place.startsWith(`test/${cell.dataset.cell}/`)) expandCell(cell);
  }
}

function elementOf(test: PlainTest, cell: HTMLElement): HTMLElement {
  const { file, verdict, title, traits, reason, took } = test;
  const row = document.createElement('li');
  row.id = `test/${cell.dataset.cell}/${file}/${title.replaceAll(/\s+/g, '-')}`;
  row.className = 'test row';
  row.dataset.verdict = verdict;
  if (traits.length > 0) row.dataset.traits = traits.join(' ');
  row.append(
    span(`verdict is-${verdict} is-plain`, verdict),
    span(
      'title',
      title,
      ...traits.map((trait) => span(`trait is-${trait}`, trait)),
      ...(reason === '' ? [] : [span('reason', reason)]),
    ),
    barOf(test),
    span('number', took),
    guestOf(test, cell),
  );
  return row;
}

function span(kind: string, ...children: readonly (Node | string)[]): HTMLElement {
  const element = document.createElement('span');
  element.className = kind;
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

function barOf({ ran, cameUp, isBooted }: PlainTest): Element {
  if (ran === undefined && cameUp === undefined) return document.createElement('span');
  const bar = document.createElementNS(SVG, 'svg');
  bar.setAttribute('viewBox', '0 0 1000 8');
  bar.setAttribute('preserveAspectRatio', 'none');
  bar.setAttribute('aria-hidden', 'true');
  if (cameUp !== undefined) bar.append(path(pathOf(cameUp, THIN), isBooted ? 'boot' : ''));
  if (ran !== undefined) bar.append(path(pathOf(ran, THICK), ''));
  return bar;
}

function path(outline: string, kind: string): Element {
  const element = document.createElementNS(SVG, 'path');
  element.setAttribute('d', outline);
  element.setAttribute('class', kind);
  return element;
}

/** Leads to the guest's folder or, by the script, to its logs on the page. */
function guestOf({ guest, log }: PlainTest, cell: HTMLElement): HTMLElement {
  const { cell: id = '', files } = cell.dataset;
  if (guest === '') return span('guest');
  const place = log && `#${['log', id, guest, log].map(encodeURIComponent).join('/')}`;
  const href = files === undefined ? place : `${files}guest-${guest}/`;
  if (href === undefined) return span('guest quiet', guest);
  const link = document.createElement('a');
  link.className = 'guest';
  link.href = href;
  link.ariaLabel = `guest ${guest}`;
  if (place !== undefined) link.dataset.log = place;
  link.append(guest);
  return link;
}
