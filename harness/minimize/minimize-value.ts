/**
 * The smallest JSON value that still shows something: parts are left out, many at once and then one by one, from
 * the outside in, and plain values simplified, until nothing more can be. In the manner of delta debugging
 * (Zeller and Hildebrandt, 2002) on trees (Misherghi and Su, 2006).
 */
import {
  canonicalText,
  type JsonPath,
  type JsonValue,
  partsOf,
  replaceAt,
  valueAt,
  withoutParts,
} from './json-tree.ts';
import { simplerValues } from './simpler-values.ts';

export interface MinimizeOptions {
  /**
   * Whether a value still shows it. Called with one value at a time, and never with the same one twice, nor with
   * the one to begin with, which must show it. A rejection ends the search.
   */
  readonly isShown: (candidate: JsonValue) => Promise<boolean>;
  /** Hears of each smaller value that shows it. */
  readonly onSmaller?: (value: JsonValue) => void;
  /** Shorter plain values in the place of one. Default: `simplerValues`. */
  readonly simpler?: typeof simplerValues;
}

/**
 * The result is 1-minimal: without any one of its parts, or with any one value simplified, it is not shown. The
 * same value and answers lead to the same result.
 */
export async function minimizeValue(
  value: JsonValue,
  options: MinimizeOptions,
): Promise<JsonValue> {
  const search = new Search(value, options);
  return await search.run();
}

class Search {
  readonly #options: MinimizeOptions;
  readonly #known = new Map<string, boolean>();
  #smallest: JsonValue;

  constructor(value: JsonValue, options: MinimizeOptions) {
    this.#options = options;
    this.#smallest = value;
    this.#known.set(canonicalText(value), true);
  }

  /** What is needed may change while others are left out: ends when a whole pass leaves out nothing. */
  async run(): Promise<JsonValue> {
    for (;;) {
      const before = this.#smallest;
      await this.#reduce([]);
      if (this.#smallest === before) return before;
    }
  }

  async #reduce(path: JsonPath): Promise<void> {
    await this.#leaveOutParts(path);
    const parts = partsOf(valueAt(this.#smallest, path));
    for (const part of parts) await this.#reduce([...path, part]);
    if (parts.length === 0) await this.#simplify(path);
  }

  /** All at once, then halves, quarters, and so on to one by one; from the end, so that indexes stay right. */
  async #leaveOutParts(path: JsonPath): Promise<void> {
    let size = partsOf(valueAt(this.#smallest, path)).length;
    while (size > 0) {
      let end = partsOf(valueAt(this.#smallest, path)).length;
      while (end > 0) {
        const node = valueAt(this.#smallest, path);
        const begin = Math.max(0, end - size);
        const smaller = withoutParts(node, partsOf(node).slice(begin, end));
        await this.#tryIt(replaceAt(this.#smallest, path, smaller));
        end = begin;
      }
      size = size === 1 ? 0 : Math.ceil(size / 2);
    }
  }

  async #simplify(path: JsonPath): Promise<void> {
    const { simpler = simplerValues } = this.#options;
    const isInList = typeof path.at(-1) === 'number';
    for (const value of simpler(valueAt(this.#smallest, path), isInList)) {
      if (await this.#tryIt(replaceAt(this.#smallest, path, value))) return;
    }
  }

  async #tryIt(candidate: JsonValue): Promise<boolean> {
    const key = canonicalText(candidate);
    const isShown = this.#known.get(key) ?? (await this.#options.isShown(candidate));
    this.#known.set(key, isShown);
    if (!isShown) return false;
    this.#smallest = candidate;
    this.#options.onSmaller?.(candidate);
    return true;
  }
}
