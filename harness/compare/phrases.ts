/** What the terminal, Markdown and the page say in the same words. */

import { nameTest } from '../expectations/test-pattern.ts';
import { describeState, type SymbolState } from '../kconfig/kernel-config.ts';
import { listWords } from '../matrix/problem.ts';
import { describeVersions } from '../needs/words.ts';
import { count, countDiffering } from '../phrases.ts';
import { VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { CHANGES, type Change } from './changes.ts';
import type {
  Comparison,
  DifferenceGroup,
  MachineDifference,
  Outcome,
  Reason,
  ReasonCause,
} from './comparison.ts';
import { shortenDigest } from './describe-reason.ts';

const CHANGE_NOUNS: Readonly<Record<Change, string>> = {
  regression: 'regression',
  changed: 'changed signature',
  improvement: 'improvement',
  appeared: 'test that appeared',
  vanished: 'test that vanished',
  'not-comparable': 'not comparable',
};

/** `17 regressions, 64 not comparable, 217 the same`. */
export function describeCounts({ tests, groups, config }: Comparison): string {
  const { compared, same, differing, alone } = tests;
  if (compared === 0 && groups.length === 0) return countDiffering(config.length, 'symbol');
  const parts = CHANGES.flatMap((change) => {
    const number = differing[change] ?? 0;
    if (number === 0) return [];
    if (change === 'appeared' || change === 'vanished') return [`${number} ${change}`];
    return change === 'not-comparable'
      ? [`${number} not comparable`]
      : [count(number, CHANGE_NOUNS[change])];
  });
  const rest = alone === 0 ? '' : `; ${alone} more in one column alone`;
  const all = parts.length === 0 ? 'no difference' : parts.join(', ');
  return `${all}, ${same} the same, of ${count(compared, 'test')} compared${rest}`;
}

export function describeOutcome(outcome: Outcome): string {
  return outcome.kind === 'absent' ? '–' : outcome.verdict;
}

const THAT: Readonly<Record<Verdict, string>> = {
  'kernel-panic': 'whose kernel panics',
  'kernel-oops': 'whose kernel oopses',
  'agent-panic': 'that panic',
  'boot-failure': 'that do not boot',
  hang: 'that hang',
  fail: 'that fail',
  error: 'that end with an error',
  miss: 'that were not measured',
  pass: 'that pass',
  skip: 'that skip',
};

/** `6 of 6 cells that panic, 0 of 4 that pass`. */
export function describeEvidence({ bad, good }: Reason, { outcomes }: DifferenceGroup): string {
  const verdicts = new Set(
    outcomes.flatMap((outcome) => (outcome.kind === 'verdict' ? [outcome.verdict] : [])),
  );
  const sorted = VERDICTS.filter((verdict) => verdict !== 'pass' && verdicts.has(verdict));
  const worst = sorted[0] ?? 'fail';
  const best = verdicts.has('pass') ? 'pass' : (sorted.at(-1) ?? 'pass');
  // Two signatures of one verdict.
  const other = best === worst ? 'with the other result' : THAT[best];
  return `${bad.number} of ${bad.of} cells ${THAT[worst]}, ${good.number} of ${good.of} ${other}`;
}

/** `CONFIG_CPUSETS_V1 is not set: split from CPUSETS in 6.12`. */
export function describeCause(cause: ReasonCause): string {
  switch (cause.kind) {
    case 'symbol': {
      const note = cause.note === undefined ? '' : `: ${cause.note}`;
      return `${describeSymbol(cause.symbol, cause.state)}${note}`;
    }
    case 'boot-parameter':
      return `boot parameter ${cause.parameter}`;
    case 'version':
      return describeVersions(cause);
  }
}

function describeSymbol(symbol: string, state: SymbolState | undefined): string {
  const name = `CONFIG_${symbol}`;
  switch (state?.kind) {
    case undefined:
      return `${name}, if it is off`;
    case 'value':
      return `${name}=${state.value}`;
    case 'off':
      return `${name} is not set`;
    case 'unknown':
      return `there is no ${name}`;
  }
}

/** One row for each thing that has a state in each column. */
export function stateRows({ reasons }: DifferenceGroup): readonly (readonly string[])[] {
  const rows = new Map<string, readonly string[]>();
  for (const { kind, key, states, causes } of reasons) {
    const name = kind === 'symbol' ? `CONFIG_${key}` : key;
    // Releases stand above, with the columns.
    if (kind === 'kernel-release') continue;
    rows.set(
      name,
      states.map((state) => shortenDigest(state ?? '?')),
    );
    for (const cause of causes) {
      if (cause.kind !== 'symbol' || cause.states.every((state) => state === null)) continue;
      rows.set(`CONFIG_${cause.symbol}`, cause.states.map(describeStateOrNot));
    }
  }
  return [...rows].map(([name, states]) => [name, ...states]);
}

export function describeStateOrNot(state: SymbolState | null): string {
  return state === null ? '?' : describeState(state);
}

/**
 * `6.18.44, default+hybrid+guarded: fail on qemu and pass on container: 3 tests`: a finding about the
 * harness.
 */
export function describeMachineDifference({
  release,
  machines,
  verdicts,
  where,
  tests,
}: MachineDifference): string {
  const results = machines.map((machine, index) => `${verdicts[index]} on ${machine}`);
  const [first] = tests;
  const which =
    tests.length === 1 && first !== undefined ? nameTest(first) : count(tests.length, 'test');
  return `${release}, ${where}: ${listWords(results, 'and')}: ${which}`;
}

/** Above such findings. */
export const MACHINES_DIFFER =
  'The same kernel on another machine, and other results: look at the harness first';

const OTHER_NOUNS: Readonly<Record<Reason['kind'], string>> = {
  fact: 'other fact',
  symbol: 'other symbol',
  'boot-parameter': 'other boot parameter',
  'agent-build': 'agent build',
  'kernel-build': 'kernel build',
  'kernel-release': 'kernel release',
  machine: 'trait of the machine',
  tool: 'input of kmx',
};

/** `376 other symbols separate as well`; empty if there are none. */
export function describeOthers({ others }: DifferenceGroup): string {
  const parts = Object.entries(others).flatMap(([kind, number]) =>
    number === undefined ? [] : [count(number, OTHER_NOUNS[kind as Reason['kind']])],
  );
  const total = Object.values(others).reduce((sum, number) => sum + (number ?? 0), 0);
  if (parts.length === 0) return '';
  return `${parts.join(', ')} ${total === 1 ? 'separates' : 'separate'} as well`;
}

/** No reason is looked for where a column does not have the test, or did not measure it. */
export function isLostTest(outcome: Outcome): boolean {
  return outcome.kind === 'absent' || outcome.verdict === 'miss';
}
