/** The lines of one Kconfig file: joined where a backslash continues them, or raw for help texts. */
export class LineReader {
  readonly #lines: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#lines = text.split(/\r?\n/);
  }

  /** How many lines the file has. */
  get count(): number {
    return this.#lines.length;
  }

  /** Number, from 1, of the line that was taken last: its first, if it was continued. */
  line = 0;

  /** Undefined at the end of the file. */
  take(): string | undefined {
    const first = this.#lines[this.#next];
    if (first === undefined) return undefined;
    this.#next += 1;
    this.line = this.#next;
    if (!first.endsWith('\\')) return first;
    const parts = [first.slice(0, -1)];
    for (;;) {
      const more = this.#lines[this.#next];
      if (more === undefined) break;
      this.#next += 1;
      const isContinued = more.endsWith('\\');
      parts.push(isContinued ? more.slice(0, -1) : more);
      if (!isContinued) break;
    }
    return parts.join('');
  }

  /**
   * The lines that are indented at least as far as the first of them, without that indentation, and the blank
   * ones between them.
   */
  takeHelp(): string {
    const lines: string[] = [];
    let indentation = 0;
    let blank = 0;
    for (; ; this.#next += 1) {
      const line = this.#lines[this.#next];
      if (line === undefined) break;
      const text = line.trimStart();
      if (text === '') {
        blank += 1;
        continue;
      }
      const own = widthOf(line.slice(0, line.length - text.length));
      if (own === 0 || (lines.length > 0 && own < indentation)) break;
      if (lines.length === 0) indentation = own;
      else lines.push(...Array<string>(blank).fill(''));
      lines.push(' '.repeat(Math.min(own - indentation, INDENTATION_MAX)) + text.trimEnd());
      blank = 0;
    }
    return lines.join('\n');
  }
}

const INDENTATION_MAX = 40;
const TAB_WIDTH = 8;

/** In columns. */
function widthOf(blanks: string): number {
  let width = 0;
  for (const blank of blanks) {
    width = blank === '\t' ? width - (width % TAB_WIDTH) + TAB_WIDTH : width + 1;
  }
  return width;
}
