/**
 * The content of a guest's memory as runs of pages: empty, as they stand in a file before it, or new.
 * A saved guest with an agent shares nine tenths of its pages with the guest that it continued from, and
 * most of the rest with its siblings.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';

export const PAGE_BYTES = 4096;
/** Of a file; so that a place fits into one number. */
const PAGES_MAX = 2 ** 26;
/** Pages that are remembered, some 150 bytes each. Further ones are new wherever they occur. */
const REMEMBERED_MAX = 2 ** 20;

const count = z.int().min(1).max(PAGES_MAX);
const place = z.int().nonnegative().max(PAGES_MAX);
export const runSchema = z.union([
  z.tuple([z.literal('empty'), count]),
  z.tuple([z.literal('new'), count]),
  /** Number of the file, in the order of the archive, and its page to begin with. */
  z.tuple([z.literal('as'), count, place, place]),
]);
export type Run = z.infer<typeof runSchema>;

/** Where pages were first met, in files that share them. */
export class PageIndex {
  readonly #places = new Map<string, number>();

  find(digest: string): number | undefined {
    return this.#places.get(digest);
  }

  add(pages: ReadonlyMap<string, number>): void {
    for (const [digest, at] of pages) {
      if (this.#places.size >= REMEMBERED_MAX) return;
      this.#places.set(digest, at);
    }
  }
}

export interface MappedPages {
  readonly runs: readonly Run[];
  /** For the index, once the file is in the archive. */
  readonly added: ReadonlyMap<string, number>;
}

const EMPTY_PAGES = Buffer.alloc(1024 * 1024);
const EMPTY = EMPTY_PAGES.subarray(0, PAGE_BYTES);

/** Maps one file, page by page. */
export class PageMapper {
  readonly #index: PageIndex;
  readonly #file: number;
  readonly #runs: Run[] = [];
  readonly #added = new Map<string, number>();
  #page = 0;

  /** @param file Its number, in the order of the archive. */
  constructor(index: PageIndex, file: number) {
    this.#index = index;
    this.#file = file;
  }

  /** Takes whole pages. */
  push(bytes: Buffer): void {
    // Two thirds of a guest's memory were never used.
    if (bytes.equals(EMPTY_PAGES)) {
      this.#extend('empty', EMPTY_PAGES.length / PAGE_BYTES);
      return;
    }
    for (let from = 0; from < bytes.length; from += PAGE_BYTES) {
      this.#pushPage(bytes.subarray(from, from + PAGE_BYTES));
    }
  }

  done(): MappedPages {
    return { runs: this.#runs, added: this.#added };
  }

  #pushPage(page: Buffer): void {
    if (page.equals(EMPTY)) {
      this.#extend('empty', 1);
      return;
    }
    const own = this.#page;
    // In whole: a guest chooses what is in its memory.
    const digest = hash('sha256', page, 'binary');
    const known = this.#index.find(digest) ?? this.#added.get(digest);
    if (known !== undefined) {
      this.#extendCopy(Math.floor(known / PAGES_MAX), known % PAGES_MAX);
      return;
    }
    if (this.#added.size < REMEMBERED_MAX) this.#added.set(digest, this.#file * PAGES_MAX + own);
    this.#extend('new', 1);
  }

  #extend(kind: 'empty' | 'new', pages: number): void {
    this.#page += pages;
    const last = this.#runs.at(-1);
    if (last?.[0] === kind) last[1] += pages;
    else this.#runs.push([kind, pages]);
  }

  #extendCopy(file: number, page: number): void {
    this.#page += 1;
    const last = this.#runs.at(-1);
    const goesOn = last?.[0] === 'as' && last[2] === file && last[3] + last[1] === page;
    if (goesOn) last[1] += 1;
    else this.#runs.push(['as', 1, file, page]);
  }
}

export function countPages(runs: readonly Run[], kind?: Run[0]): number {
  const counted = kind === undefined ? runs : runs.filter(([of]) => of === kind);
  return counted.reduce((sum, [, pages]) => sum + pages, 0);
}
