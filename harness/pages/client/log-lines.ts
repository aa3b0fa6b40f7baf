import type { PackedLog, PackedMark } from './packed-logs.ts';

/** Lines are put into boxes, of which the browser lays out only those that are seen. */
const CHUNK_LINES = 200;

/**
 * The lines of a log, with findings marked, and what is left out between them.
 * @param place Of the log, as in addresses.
 */
export function renderLines({ parts, marks, lines }: PackedLog, place: string): DocumentFragment {
  const all = document.createDocumentFragment();
  let next = 1;
  for (const [first, text] of parts) {
    all.append(...gap(next, first - 1));
    const own = text.split('\n');
    for (let at = 0; at < own.length; at += CHUNK_LINES) {
      const chunk = document.createElement('div');
      chunk.className = 'log-chunk';
      for (const [index, line] of own.slice(at, at + CHUNK_LINES).entries()) {
        chunk.append(lineOf(first + at + index, line, marks, place));
      }
      all.append(chunk);
    }
    next = first + own.length;
  }
  all.append(...gap(next, lines));
  return all;
}

function lineOf(
  number: number,
  text: string,
  marks: readonly PackedMark[],
  place: string,
): HTMLElement {
  const line = document.createElement('div');
  const link = document.createElement('a');
  const address = `${place}/L${number}`;
  line.className = `log-line${kindOf(number, marks)}`;
  line.dataset.line = String(number);
  link.href = `#${address}`;
  link.dataset.log = `#${address}`;
  link.textContent = String(number);
  line.append(link, text);
  return line;
}

function kindOf(number: number, marks: readonly PackedMark[]): string {
  if (marks.some(({ deciding }) => deciding === number)) return ' is-deciding';
  return marks.some(({ first, last }) => number >= first && number <= last) ? ' is-own' : '';
}

/** What the page has no room for. */
function gap(first: number, last: number): readonly Node[] {
  if (first > last) return [];
  const note = document.createElement('p');
  note.className = 'log-gap';
  note.textContent =
    first === last
      ? `line ${first} is in the file alone`
      : `lines ${first} to ${last} are in the file alone`;
  return [note];
}
