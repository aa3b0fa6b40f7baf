import { h } from '../element.ts';

/** A report of the kernel may have hundreds of lines; the log has all. */
const LINES_MAX = 24;
const LINE_LENGTH_MAX = 400;

/** Lines of a log. The one that says it is marked: what a reader looks for in them. */
export function Excerpt({
  text,
  mark,
}: {
  readonly text: string;
  /** A part of the line to be marked; if none has it, the first line is. Absent: no line. */
  readonly mark?: string;
}) {
  const lines = text.trimEnd().split('\n');
  const found =
    mark === undefined
      ? -1
      : Math.max(
          lines.findIndex((line) => line.includes(mark)),
          0,
        );
  const shown = lines.slice(0, LINES_MAX);
  const more = lines.length - shown.length;
  return h(
    'pre',
    { class: 'excerpt' },
    shown.map((line, index) => [
      index === found ? h('mark', null, shorten(line)) : shorten(line),
      '\n',
    ]),
    more > 0 && h('span', { class: 'quiet' }, `… and ${more} more lines in the log`),
  );
}

function shorten(line: string): string {
  return line.length <= LINE_LENGTH_MAX ? line : `${line.slice(0, LINE_LENGTH_MAX)}…`;
}
