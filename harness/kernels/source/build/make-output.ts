/** What `make` prints while it builds a kernel, understood line by line. No input or output here. */

import { isKernelObject } from './kernel-object.ts';

/** Why a build failed, as far as its output says so. */
export type MakeFault =
  /** The sources: the first error of a compiler, a linker or make itself, with the lines that belong to it. */
  | { readonly kind: 'sources'; readonly error: string; readonly excerpt: readonly string[] }
  | { readonly kind: 'disk-full'; readonly line: string }
  | { readonly kind: 'out-of-memory'; readonly line: string };

/** `  CC      kernel/fork.o`, `  CC [M]  drivers/…`, `  AR      kernel/built-in.a`. */
const MADE = /^ {2}(?:CC|AS|AR|LD|RUSTC)(?: \[M\])? +(\S+)$/;

const DISK_FULL = /\b(?:No space left on device|Disk quota exceeded)\b/;
const OUT_OF_MEMORY =
  /\b(?:Killed signal terminated program|virtual memory exhausted|Cannot allocate memory|out of memory allocating)\b|^Killed$/;

/** Errors that have a cause of their own. `gcc`, `as`, `ld`, `modpost`, `objtool`. */
const ERROR =
  /^[^\s:]+:(?:\d+:){1,2} (?:fatal error|error|Error): |: undefined reference to |^(?:\S*ld(?:\.\w+)?|collect2): (?:error|fatal)|^(?:ERROR|error): (?:modpost|objtool)/;
/** What make prints if one of its commands fails, or if it cannot even begin. */
const MAKE_ERROR = /^(?:make(?:\[\d+\])?: )?\*\*\* (?!mixed)/;
/** gcc's picture of the place: `   12 | int x = ;`, `      |         ^`. */
const PICTURE = /^ *\d* \|/;

const EXCERPT_LINES = 6;
const LINE_LENGTH_MAX = 1000;

/** Follows one build. Memory does not grow with what is printed. */
export class MakeOutput {
  #first: { readonly rank: number; readonly excerpt: string[] } | undefined;
  #isExcerptOpen = false;
  #hostFault: MakeFault | undefined;
  readonly #strip: (line: string) => string;
  readonly #onObject: (object: string) => void;

  /**
   * @param prefixes What is cut off the names of files, absolute folders with a slash at their end.
   * @param onObject Is called for each object of the kernel that is being made: `kernel/fork.o`.
   */
  constructor(prefixes: readonly string[], onObject: (object: string) => void) {
    this.#strip = (line) => prefixes.reduce((text, prefix) => text.replaceAll(prefix, ''), line);
    this.#onObject = onObject;
  }

  read(raw: string): void {
    const line = this.#strip(raw.slice(0, LINE_LENGTH_MAX));
    const made = MADE.exec(line)?.[1];
    if (made !== undefined) {
      this.#isExcerptOpen = false;
      if (isKernelObject(made)) this.#onObject(made);
      return;
    }
    if (DISK_FULL.test(line)) this.#hostFault ??= { kind: 'disk-full', line };
    if (OUT_OF_MEMORY.test(line)) this.#hostFault ??= { kind: 'out-of-memory', line };
    this.#readError(line);
  }

  #readError(line: string): void {
    const rank = rankOf(line);
    if (rank > (this.#first?.rank ?? 0)) {
      this.#first = { rank, excerpt: [line] };
      this.#isExcerptOpen = true;
    } else if (this.#isExcerptOpen && this.#first && PICTURE.test(line)) {
      if (this.#first.excerpt.length < EXCERPT_LINES) this.#first.excerpt.push(line);
    } else {
      this.#isExcerptOpen = false;
    }
  }

  /** Asked once make has failed. Undefined if it said nothing that looks like an error. */
  fault(): MakeFault | undefined {
    if (this.#hostFault) return this.#hostFault;
    const [error, ...excerpt] = this.#first?.excerpt ?? [];
    return error === undefined ? undefined : { kind: 'sources', error, excerpt };
  }
}

/** The first error of the highest rank is the one to show: make's own only repeat that there was one. */
function rankOf(line: string): number {
  if (ERROR.test(line)) return 2;
  return MAKE_ERROR.test(line) ? 1 : 0;
}
