/**
 * Which of the changes between two configurations turn the answer. Several may be needed together: they
 * are one set. If the answer stays without a set, another one is enough, too, and is searched for.
 */
import type { SearchOptions } from './isolate.ts';
import type { Answer, ChangeSet, Configured } from './probe.ts';
import type { Span } from './sets.ts';
import { findSmallestSet, type SmallestSet } from './smallest-set.ts';

export interface Culprits {
  /** Each is enough by itself; the first was found with all other changes at hand. */
  readonly sets: readonly SmallestSet[];
  /** All changes but those of the sets: `no` proves that nothing else is needed to turn it. */
  readonly rest: Configured & { readonly answer: Answer };
}

/** The changes of a set that are there for their own sake, without what they require. */
export function culpritsOf({ removals }: Pick<SmallestSet, 'removals'>): readonly string[] {
  return removals.flatMap(({ without }) => without);
}

/** @param span What was measured: its top shows what is looked for, and its base does not. */
export async function findCulprits(span: Span, options: SearchOptions): Promise<Culprits> {
  const sets: SmallestSet[] = [];
  let { top } = span;
  for (;;) {
    const found = await findSmallestSet({ ...span, top }, options);
    sets.push(found);
    const rest = await askWithout(found, top, options);
    if (rest.answer !== 'yes' || rest.changes.size >= top.size) return { sets, rest };
    top = rest.changes;
  }
}

/** If it is unclear without the culprits, without what they require, too. */
async function askWithout(
  found: SmallestSet,
  top: ChangeSet,
  { probe, arrangement }: SearchOptions,
): Promise<Culprits['rest']> {
  const without = (changes: Iterable<string>): Promise<Culprits['rest']> =>
    probe.probe(top.difference(arrangement.dependents(changes)), 1);
  const rest = await without(culpritsOf(found));
  return rest.answer === 'unclear' ? await without(found.changes) : rest;
}
