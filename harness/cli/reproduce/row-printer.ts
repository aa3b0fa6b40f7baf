import sliceAnsi from 'slice-ansi';
import { count } from '../../phrases.ts';
import type { Colors } from '../../reporters/paint.ts';
import { toPrintable } from '../../text.ts';
import { textWidth } from '../../text-width.ts';
import { wrapWords } from '../wrap-words.ts';

export interface RowPrinterOptions {
  readonly write: (text: string) => void;
  readonly colors: Colors;
  /** Columns of a row. */
  readonly width: number;
}

export interface Row {
  /** Where it is from, in at most seven columns. */
  readonly label: string;
  /** Since the test began; absent: it has not. */
  readonly atMs?: number | undefined;
  /** From anywhere: it is made printable here. */
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const TIME_WIDTH = 8;
const LABEL_WIDTH = 7;
const INDENT = TIME_WIDTH + 1 + LABEL_WIDTH + 2;
/** Of a longer text the rest is in the files. */
const ROWS_MAX = 6;
/** The rest of what came meanwhile: whoever comes back wants to see how it ended. */
const HELD_MAX = 20;
/** Where a terminal is so narrow that nothing would be left beside the columns. */
const TEXT_WIDTH_MIN = 20;

/** Prints what happens in rows: when, where from, what. Long texts go on below. */
export class RowPrinter {
  readonly #options: RowPrinterOptions;
  /** What waits until the terminal is free again. */
  #held: string[] | undefined;
  #unshown = 0;

  constructor(options: RowPrinterOptions) {
    this.#options = options;
  }

  /** Somebody else has the terminal: what comes is printed when `release` is called. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const text of held) this.#options.write(text);
    const more = this.#unshown;
    this.#unshown = 0;
    if (more > 0) this.line(`… and ${count(more, 'more row')} meanwhile, which the logs have`);
  }

  /** How many characters of a text are shown at most. */
  get lengthMax(): number {
    return ROWS_MAX * this.#textWidth;
  }

  row({ label, atMs, text, paint = (plain) => plain }: Row): void {
    const { colors } = this.#options;
    const time = atMs === undefined ? '' : (atMs / 1000).toFixed(3);
    const head = `${colors.dim(time.padStart(TIME_WIDTH))} ${colors.dim(label.padEnd(LABEL_WIDTH))}  `;
    const [first = '', ...rest] = wrap(toPrintable(text).replaceAll('\t', '  '), this.#textWidth);
    const rows = [head + paint(first), ...rest.map((row) => ' '.repeat(INDENT) + paint(row))];
    if (this.#held !== undefined && this.#held.length >= HELD_MAX) {
      this.#unshown += 1;
      return;
    }
    this.#write(`${rows.map((row) => row.trimEnd()).join('\n')}\n`);
  }

  /** A line of kmx itself, with nothing in front of it. */
  line(text: string, paint: (text: string) => string = (plain) => plain): void {
    const rows = wrapWords(toPrintable(text), this.#options.width);
    this.#write(`${rows.map(paint).join('\n')}\n`);
  }

  /** A command for another terminal: not wrapped, so that it can be copied. */
  command(words: string): void {
    this.#write(`  ${toPrintable(words)}\n`);
  }

  /** A line of kmx itself about one thing. */
  detail(label: string, text: string): void {
    const head = `  ${label.padEnd(LABEL_WIDTH - 1)}`;
    const rows = wrapWords(toPrintable(text), this.#options.width - head.length);
    const indent = ' '.repeat(head.length);
    const lines = rows.map((row, index) => (index === 0 ? head : indent) + row);
    this.#write(`${lines.join('\n')}\n`);
  }

  #write(text: string): void {
    if (this.#held === undefined) this.#options.write(text);
    else this.#held.push(text);
  }

  get #textWidth(): number {
    return Math.max(TEXT_WIDTH_MIN, this.#options.width - INDENT);
  }
}

/**
 * Rows of at most this width, broken at blanks where that leaves them more than half full: JSON has hardly
 * any.
 */
function wrap(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  let rest = text.replaceAll('\n', ' ');
  while (textWidth(rest) > width && rows.length < ROWS_MAX - 1) {
    const full = sliceAnsi(rest, 0, width);
    const blank = rest[full.length] === ' ' ? full.length : full.lastIndexOf(' ');
    const row = blank > full.length / 2 ? full.slice(0, blank) : full;
    rows.push(row);
    rest = rest.slice(row.length).trimStart();
  }
  return [...rows, textWidth(rest) > width ? `${sliceAnsi(rest, 0, width - 1)}…` : rest];
}
