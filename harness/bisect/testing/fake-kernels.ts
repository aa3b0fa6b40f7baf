import type { Requirements } from '../arrangement.ts';
import type { Answer, ChangeSet, Configured, ProbeOptions } from '../probe.ts';

/** Changes and kernels that behave as they are told. */
export interface FakeKernels {
  readonly changes: readonly string[];
  /** What Kconfig insists on, known to the search or not. */
  readonly requirements: Requirements;
  /** Each set is enough. */
  readonly sets: readonly (readonly string[])[];
  /** The first does not build without the second. */
  readonly broken?: readonly (readonly [string, string])[];
}

/** As `olddefconfig`: takes back what lacks something that it requires. */
export function keepPossible(changes: ChangeSet, requirements: Requirements): ChangeSet {
  let kept = new Set(changes);
  for (;;) {
    const possible = new Set(
      [...kept].filter((change) => requirements.get(change)?.isSubsetOf(kept) ?? true),
    );
    if (possible.size === kept.size) return kept;
    kept = possible;
  }
}

export function answerOf({ sets, broken = [] }: FakeKernels, changes: ChangeSet): Answer {
  if (broken.some(([one, other]) => changes.has(one) && !changes.has(other))) return 'unclear';
  return sets.some((set) => set.every((change) => changes.has(change))) ? 'yes' : 'no';
}

export function fakeProbe(kernels: FakeKernels): ProbeOptions {
  return {
    configure: async (changes): Promise<Configured> => {
      const kept = keepPossible(changes, kernels.requirements);
      return { key: [...kept].sort().join(' '), changes: kept };
    },
    measure: async ({ changes }) => answerOf(kernels, changes),
  };
}
