import type { SearchOptions } from './isolate.ts';
import type { Answer, ChangeSet, Configured } from './probe.ts';

/** What the kernel does without some of the changes of a set. */
export interface Removal {
  /** One that nothing else in the set requires; several if they only go together. */
  readonly without: readonly string[];

  readonly answer: Exclude<Answer, 'yes'>;
  /** Of the configuration without it. */
  readonly key: string;
}

/** None of its changes can be left out. */
export interface NeededSet {
  /** With what they require. */
  readonly changes: ChangeSet;
  readonly key: string;
  /** One for each change that is there for its own sake. */
  readonly removals: readonly Removal[];
}

/**
 * Leaves out one change after the other, of those that no other one requires, until each is needed: what
 * came before may have kept a change only because a kernel was unclear.
 * @param kept Enough.
 */
export async function removeSingly(kept: ChangeSet, options: SearchOptions): Promise<NeededSet> {
  const { probe } = options;
  let set = kept;
  for (;;) {
    const { removals, smaller } = await tryAll(set, options);
    if (smaller === undefined) {
      const { key } = await probe.configure(set);
      return { changes: set, key, removals };
    }
    set = smaller;
  }
}

interface Tried {
  readonly removals: readonly Removal[];
  /** Also enough. */
  readonly smaller?: ChangeSet;
}

async function tryAll(set: ChangeSet, options: SearchOptions): Promise<Tried> {
  const removals: Removal[] = [];
  for (const { lost, left } of await trialsOf(set, options)) {
    const answer = await options.probe.ask(left, 1);
    if (answer === 'yes') return { removals, smaller: left.changes };
    removals.push({ without: [...lost], answer, key: left.key });
  }
  return { removals };
}

interface Trial {
  /** What Kconfig leaves out if one is left out. */
  readonly lost: ChangeSet;
  readonly left: Configured;
}

/**
 * The least that can be left out. Kconfig decides that, not our requirements: if more than was meant goes,
 * others require it.
 */
async function trialsOf(
  set: ChangeSet,
  { probe, arrangement }: SearchOptions,
): Promise<readonly Trial[]> {
  const trials = new Map<string, Trial>();
  const inOrder = arrangement.units.flatMap(({ changes }) => changes);
  for (const change of inOrder.filter((one) => set.has(one))) {
    const left = await probe.configure(set.difference(new Set([change])));
    // Other changes may come in their place, but they must be fewer.
    if (left.changes.size < set.size) {
      trials.set(left.key, { lost: set.difference(left.changes), left });
    }
  }
  return [...trials.values()].filter(({ lost }) =>
    [...trials.values()].every(
      (other) => other.lost.size >= lost.size || !other.lost.isSubsetOf(lost),
    ),
  );
}
