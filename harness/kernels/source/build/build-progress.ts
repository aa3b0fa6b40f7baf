/** How far a build is. No input or output here. */
import { countBuiltIn, type KernelConfig } from '../../../kconfig/kernel-config.ts';

/** More than a kernel with all drivers has; beyond that, progress is not recorded. */
const OBJECTS_MAX = 100_000;

/** Objects that are done, of those expected: those that are still good from earlier builds, and those that were made. */
export class BuildProgress {
  readonly #expected: ReadonlySet<string>;
  readonly #estimate: number;
  readonly #good: ReadonlySet<string>;
  readonly #made = new Set<string>();
  #done: number;

  /**
   * @param expected The objects that the next kernel of the tree probably has, or none.
   * @param estimate How many there will be if there are none.
   * @param good Objects that will not be made again.
   */
  constructor(
    expected: readonly string[],
    estimate: number,
    good: ReadonlySet<string> = new Set(),
  ) {
    this.#expected = new Set(expected);
    this.#estimate = estimate;
    this.#good = good;
    this.#done = [...good].filter((object) => this.#isExpected(object)).length;
  }

  /** Called for each object that is being made. */
  made(object: string): void {
    if (this.#made.has(object) || this.#made.size >= OBJECTS_MAX) return;
    this.#made.add(object);
    if (this.#isExpected(object) && !this.#good.has(object)) this.#done++;
  }

  #isExpected(object: string): boolean {
    return this.#expected.size === 0 || this.#expected.has(object);
  }

  /** Objects that were really made. */
  get compiled(): number {
    return this.#made.size;
  }

  get done(): number {
    return this.#done;
  }

  /** Undefined once there are more than were expected. */
  get total(): number | undefined {
    const total = this.#expected.size > 0 ? this.#expected.size : this.#estimate;
    return this.done > total ? undefined : total;
  }

  /** What the next kernel of the tree probably has: what had to be made again but was not, this one does not have. */
  expectedNext(): string[] {
    const kept = [...this.#good].filter((object) => this.#isExpected(object));
    return [...new Set([...kept, ...this.#made])].slice(0, OBJECTS_MAX);
  }
}

/**
 * How many objects a kernel of this configuration will have, roughly, where no build of its tree is known:
 * 6.12 with minimal.config has 1,075 for 558 symbols.
 */
export function estimateObjects(config: KernelConfig): number {
  return Math.round(countBuiltIn(config) * OBJECTS_PER_SYMBOL);
}

const OBJECTS_PER_SYMBOL = 1.9;
