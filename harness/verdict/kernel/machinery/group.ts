/**
 * How much a function tells about a bug that it occurs in:
 * - `never`: it is in the trace of every bug of a kind. Reporting, waiting, the way into the kernel.
 * - `helper`: everybody calls it, so its caller tells more; it is better than nothing.
 * - `allocator`: makes a kind of object for others. Of a leak, its caller tells more.
 */
export type Machinery = 'never' | 'helper' | 'allocator';

/** Functions that are machinery for the same reason. */
export interface MachineryGroup {
  readonly why: string;
  readonly kind: Machinery;
  /**
   * Without underscores in front, which a family's members have in any number. With `*` at the end,
   * everything that begins so.
   */
  readonly names: string;
}
