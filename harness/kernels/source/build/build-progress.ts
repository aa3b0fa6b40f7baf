/** How far a build is. No input or output here. */
import { countBuiltIn, type KernelConfig } from '../../../kconfig/kernel-config.ts';

/** More than a kernel with all drivers has; beyond that, progress is not recorded. */
const ORDER_MAX = 100_000;

/**
 * Objects that are done, of those expected: those that are still good from earlier builds, and those that were made.
 * A kernel's makefiles visit folders in the same order each time: where an earlier build of the tree is known, an
 * object also stands for all that came before it, even if this kernel does not have some of these.
 */
export class BuildProgress {
  readonly #places: ReadonlyMap<string, number>;
  readonly #estimate: number;
  readonly #good: ReadonlySet<string>;
  readonly #seen: string[] = [];
  #reached = 0;
  /** Good ones, and those made in addition. */
  #counted: number;

  /**
   * @param order The objects of an earlier build in the order in which they were made, or none.
   * @param estimate How many there will be if there was none.
   * @param good Objects that will not be made again.
   */
  constructor(order: readonly string[], estimate: number, good: ReadonlySet<string> = new Set()) {
    this.#places = new Map(order.map((object, index) => [object, index + 1]));
    this.#estimate = estimate;
    this.#good = good;
    this.#counted = [...good].filter((object) => this.#isExpected(object)).length;
  }

  /** Called for each object that is being made. */
  made(object: string): void {
    if (this.#seen.length < ORDER_MAX) this.#seen.push(object);
    this.#reached = Math.max(this.#reached, this.#places.get(object) ?? 0);
    if (this.#isExpected(object) && !this.#good.has(object)) this.#counted++;
  }

  #isExpected(object: string): boolean {
    return this.#places.size === 0 || this.#places.has(object);
  }

  /** Objects that were really made. */
  get compiled(): number {
    return this.#seen.length;
  }

  get done(): number {
    return Math.max(this.#reached, this.#counted);
  }

  /** Undefined once there are more than were expected. */
  get total(): number | undefined {
    const total = this.#places.size > 0 ? this.#places.size : this.#estimate;
    return this.done > total ? undefined : total;
  }

  /** The order for the next build: each object of this build comes after the one made before it. */
  order(): string[] {
    const added = new Map<string, string[]>();
    let last = '';
    for (const object of this.#seen) {
      if (this.#places.has(object)) last = object;
      else added.set(last, [...(added.get(last) ?? []), object]);
    }
    const first = added.get('') ?? [];
    const rest = [...this.#places.keys()].flatMap((object) => [
      object,
      ...(added.get(object) ?? []),
    ]);
    return [...new Set([...first, ...rest])].slice(0, ORDER_MAX);
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
