import type { ChangeSet } from './probe.ts';

export function isWithin(inner: ChangeSet, outer: ChangeSet): boolean {
  return inner.isSubsetOf(outer);
}

/** More than the one, and less than the other. */
export function isBetween(set: ChangeSet, { base, top }: Span): boolean {
  return set.size > base.size && set.size < top.size && base.isSubsetOf(set) && set.isSubsetOf(top);
}

/** `base` does not show what is looked for, `top` does, and has all changes of `base`. */
export interface Span {
  readonly base: ChangeSet;
  readonly top: ChangeSet;
}
