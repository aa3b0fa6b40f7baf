import { toLine } from '../../text.ts';
import type { Place } from './kconfig-tree.ts';
import { LineReader } from './line-reader.ts';
import { SyntaxFault } from './token-reader.ts';

/** Linux 6.12 has 190 thousand in 1600 files. Files that include others twice, and so on, soon have too many. */
const LINES_MAX = 2_000_000;
const FILES_MAX = 20_000;
/** Linux 6.12 has 6. */
const FILES_DEPTH_MAX = 64;

/** Reads a file by its path from the root of the tree; undefined if it is not there. */
export type ReadFile = (path: string) => string | undefined;

/** The file that is being read, and those that include it. */
export class OpenFiles {
  readonly #read: ReadFile;
  readonly #files: { readonly path: string; readonly lines: LineReader }[] = [];
  #linesLeft = LINES_MAX;
  #filesLeft = FILES_MAX;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  /** Throws a SyntaxFault for a file that is not there or is open, and if there are too many. */
  open(path: string): LineReader {
    if (path.trim() === '') throw new SyntaxFault('the name of a file to read is empty');
    if (this.#files.some((file) => file.path === path)) {
      throw new SyntaxFault(`${toLine(path, 100)} includes itself`);
    }
    if (this.#files.length === FILES_DEPTH_MAX) {
      throw new SyntaxFault(`expected at most ${FILES_DEPTH_MAX} files that include each other`);
    }
    this.#filesLeft -= 1;
    if (this.#filesLeft < 0) throw new SyntaxFault(`expected at most ${FILES_MAX} files in all`);
    const text = this.#read(path);
    if (text === undefined) throw new SyntaxFault(`there is no file ${toLine(path, 100)}`);
    const lines = new LineReader(text);
    this.#linesLeft -= lines.count;
    if (this.#linesLeft < 0) throw new SyntaxFault(`expected at most ${LINES_MAX} lines in all`);
    this.#files.push({ path, lines });
    return lines;
  }

  close(): void {
    this.#files.pop();
  }

  /** The help text that begins at the next line. */
  takeHelp(): string | undefined {
    return this.#files.at(-1)?.lines.takeHelp();
  }

  /** Of the line that was read last. */
  get place(): Place {
    const file = this.#files.at(-1);
    return { file: file?.path ?? 'Kconfig', line: file?.lines.line ?? 1 };
  }
}
