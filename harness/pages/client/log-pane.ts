/** Shows logs that the page carries over its lower part. Their places are `log/<cell>/<guest>/<name>/L<line>`. */
import { goTo, moveTo, placeInAddress, targetInAddress } from './address.ts';
import { copyText } from './copy.ts';
import { renderLines } from './log-lines.ts';
import type { PackedGuest, PackedLog } from './packed-logs.ts';
import { openFolds } from './target.ts';
import { unpackCell } from './unpack.ts';

const PLACE = /^log\/(.+)\/(\d+|template)\/([\w-]+)(?:\/L(\d+))?$/;

interface Pane {
  readonly root: HTMLElement;
  /** What it shows, without the line; empty: it is closed. */
  shown: string;
  /** Where the reader was before. */
  before: string;
  opener: Element | null;
  marks: readonly number[];
  text: string;
}

let pane: Pane | undefined;

export function startLogs(): void {
  const root = document.getElementById('log-pane');
  if (root === null) return;
  pane = { root, shown: '', before: '', opener: null, marks: [], text: '' };
  document.addEventListener('click', onClick);
  part('.close-log').addEventListener('click', closeLog);
  part('.next-mark').addEventListener('click', showNextMark);
  part('.copy-log').addEventListener('click', copyLog);
}

/** Whether the address is one of a log, which then is shown. */
export async function openLogInAddress(): Promise<boolean> {
  const match = PLACE.exec(targetInAddress());
  if (pane === undefined || match === null) return false;
  const [, cell = '', guest = '', name = '', line] = match;
  if (pane.shown === '') {
    const section = document.getElementById(`cell/${cell}`);
    if (section !== null) {
      openFolds(section);
      if (pane.before === '') {
        section.scrollIntoView();
        pane.before = encodePlace('cell', cell);
      }
    }
  }
  const shown = `log/${cell}/${guest}/${name}`;
  if (pane.shown !== shown) await showLog(pane, { cell, guest, name, shown });
  showLine(line === undefined ? undefined : Number(line));
  return true;
}

function isLogOpen(): boolean {
  return pane !== undefined && pane.shown !== '';
}

/** Whether the address is still the one from which the log was opened. */
export function isBackFromLog(): boolean {
  return isLogOpen() && pane?.before === placeInAddress();
}

/** Closes the log, and goes back to where the reader was. */
export function closeLog(): void {
  if (!isLogOpen() || pane === undefined) return;
  goTo(pane.before);
  hideLog();
}

export function hideLog(): void {
  if (pane === undefined) return;
  pane.shown = '';
  pane.root.hidden = true;
  part('.log-body').replaceChildren();
  document.documentElement.classList.remove('has-log');
  if (pane.opener instanceof HTMLElement) pane.opener.focus({ preventScroll: true });
}

function onClick(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const link = event.target instanceof Element ? event.target.closest('a[data-log]') : null;
  if (!(link instanceof HTMLAnchorElement) || pane === undefined) return;
  event.preventDefault();
  const place = placeOfLink(link);
  if (isLogOpen()) moveTo(place);
  else {
    pane.before = placeInAddress();
    pane.opener = link;
    goTo(place);
  }
  void openLogInAddress();
}

/** A whole place, or one that is meant in its cell. */
function placeOfLink(link: HTMLAnchorElement): string {
  const { log = '' } = link.dataset;
  if (log.startsWith('#')) return log.slice(1);
  const cell = link.closest<HTMLElement>('.cell')?.dataset.cell ?? '';
  return `${encodePlace('log', cell)}/${log}`;
}

interface Wanted {
  readonly cell: string;
  readonly guest: string;
  readonly name: string;
  readonly shown: string;
}

async function showLog(open: Pane, { cell, guest, name, shown }: Wanted): Promise<void> {
  const own = (await unpackCell(cell))[guest];
  const log = own?.logs.find((one) => one.name === name);
  part('#log-title').textContent = guest === 'template' ? 'Template' : `Guest ${guest}`;
  part('.log-about').textContent = own === undefined ? cell : `${cell} · ${own.about}`;
  part('nav').replaceChildren(
    ...(own?.logs ?? []).map((one) => tab(one, { cell, guest, name, own })),
  );
  const file = part('.log-file');
  file.toggleAttribute('hidden', log?.href === undefined);
  if (log?.href !== undefined) file.setAttribute('href', log.href);
  open.text = log?.parts.map(([, text]) => text).join('\n') ?? '';
  open.marks = log?.marks.map(({ deciding }) => deciding) ?? [];
  part('.next-mark').toggleAttribute('hidden', open.marks.length === 0);
  part('.log-body').replaceChildren(
    log === undefined
      ? 'This log is not on the page: it was empty, or there was no room for it.'
      : renderLines(log, placeOf(cell, guest, name)),
  );
  open.root.hidden = false;
  open.shown = shown;
  document.documentElement.classList.add('has-log');
  part('.log-body').focus({ preventScroll: true });
}

function tab(
  { name, lines }: PackedLog,
  wanted: Pick<Wanted, 'cell' | 'guest' | 'name'> & { readonly own: PackedGuest | undefined },
): HTMLElement {
  const link = document.createElement('a');
  const place = `#${placeOf(wanted.cell, wanted.guest, name)}`;
  link.href = place;
  link.dataset.log = place;
  link.textContent = `${name} (${lines})`;
  if (name === wanted.name) link.setAttribute('aria-current', 'true');
  return link;
}

function placeOf(cell: string, guest: string, name: string): string {
  return encodePlace('log', cell, guest, name);
}

function encodePlace(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

/** Goes to a line; without one, to the first finding. */
function showLine(wanted: number | undefined): void {
  const number = wanted ?? pane?.marks[0];
  const lines = part('.log-body');
  for (const before of lines.querySelectorAll('.is-target')) before.classList.remove('is-target');
  const line = number === undefined ? null : lines.querySelector(`[data-line="${number}"]`);
  if (line === null) return;
  if (wanted !== undefined) line.classList.add('is-target');
  line.scrollIntoView({ block: 'center' });
}

/** The first finding below the line in the address, or again the first. */
function showNextMark(): void {
  const line = Number(/\/L(\d+)$/.exec(placeInAddress())?.[1] ?? 0);
  const next = pane?.marks.find((mark) => mark > line) ?? pane?.marks[0];
  if (next === undefined) return;
  moveTo(`${placeInAddress().replace(/\/L\d+$/, '')}/L${next}`);
  showLine(next);
}

/** What the page has of it, without numbers. */
function copyLog(): void {
  void copyText(pane?.text ?? '', part('.copy-log'), part('.log-body'));
}

function part(selector: string): HTMLElement {
  const found = pane?.root.querySelector<HTMLElement>(selector);
  if (found == null) throw new Error(`Expected the page to have ${selector}`);
  return found;
}
