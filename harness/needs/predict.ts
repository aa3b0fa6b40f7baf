import { BOOTS, isSameTest, type TestId } from '../events.ts';
import { matchesTest } from '../expectations/test-pattern.ts';
import type { AgentKind } from '../matrix/cell.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type AgentNeeds, type Consequence, isLoss } from './agent-needs.ts';
import { checkAgent, type LackReason, type Setup, stateOfFeature } from './check.ts';
import type { Features } from './feature.ts';
import type { PredictedLack, Prediction } from './prediction.ts';
import { describeReason } from './words.ts';

/** An agent of a matrix. */
export interface MatrixAgent {
  readonly name: string;
  readonly kind: AgentKind;
  /** Of the reference agent. */
  readonly guard?: 'on' | 'off';
}

/** The entry that is about an agent: one that names it, or else the first for its kind and guard. */
export function findNeeds(
  all: readonly AgentNeeds[],
  { name, kind, guard }: MatrixAgent,
): AgentNeeds | undefined {
  const named = all.find(({ match }) => match?.agents?.includes(name));
  return (
    named ??
    all.find(
      ({ match }) =>
        match?.kind === kind && match.agents === undefined && (match.guard ?? guard) === guard,
    )
  );
}

/** What will go wrong in a cell for want of what its kernel does not offer. */
export function predictCell(agent: AgentNeeds, setup: Setup, features: Features): Prediction {
  const { needs } = checkAgent(agent, setup, features);
  const lacks = needs.flatMap(({ need, state }): readonly PredictedLack[] => {
    if (state.kind !== 'lacking') return [];
    const { feature, without, tests } = need;
    return [{ feature, without, tests, because: because(state.reasons) }];
  });
  const open = needs.flatMap(({ need, state }) => (state.kind === 'unknown' ? need.tests : []));
  const asked = [...features.values()].flatMap(({ fact, skips }) => {
    if (skips?.cgroups.includes(setup.cgroup) !== true) return [];
    return [{ feature: fact, tests: skips.tests, state: stateOfFeature(fact, setup, features) }];
  });
  return {
    needs: agent.name,
    lacks,
    skips: asked.flatMap(({ feature, tests, state }) =>
      state.kind === 'lacking' ? [{ feature, tests, because: because(state.reasons) }] : [],
    ),
    open: [
      ...open,
      ...asked.flatMap(({ tests, state }) => (state.kind === 'unknown' ? tests : [])),
    ],
    faults: agent.faults.flatMap(({ tests }) => tests),
  };
}

function because(reasons: readonly LackReason[]): string {
  return reasons.map(describeReason).join(', ');
}

/** What is predicted of one test. */
export type PredictedTest =
  | { readonly kind: 'fine' }
  /** Nothing is known. */
  | { readonly kind: 'open' }
  | { readonly kind: 'skip'; readonly feature: string; readonly because: string }
  | {
      readonly kind: 'bad';
      readonly verdicts: readonly Verdict[];
      readonly feature: string;
      readonly because: string;
    };

export function predictTest(prediction: Prediction, test: TestId): PredictedTest {
  const { lacks, skips, open } = prediction;
  const dead = lacks.find(({ without }) => without === 'does-not-start');
  if (dead !== undefined) {
    // Only the first test of a cell is measured if its agent does not come up.
    return isSameTest(test, BOOTS) ? badBecauseOf(dead) : { kind: 'open' };
  }
  const matches = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesTest(test, pattern));
  const skip = skips.find(({ tests }) => matches(tests));
  if (skip !== undefined) {
    return { kind: 'skip', feature: skip.feature, because: skip.because };
  }
  if (matches(open)) return { kind: 'open' };
  const lack = lacks.find(({ without, tests }) => isLoss(without) && matches(tests));
  return lack === undefined ? { kind: 'fine' } : badBecauseOf(lack);
}

const VERDICTS_OF: Readonly<Record<Consequence, readonly Verdict[]>> = {
  'does-not-start': ['fail', 'boot-failure', 'agent-panic', 'hang'],
  panics: ['agent-panic'],
  fails: ['fail'],
  drops: ['fail'],
  refuses: ['fail'],
  'falls-back': [],
};

function badBecauseOf({ feature, without, because: why }: PredictedLack): PredictedTest {
  return { kind: 'bad', verdicts: VERDICTS_OF[without], feature, because: why };
}

/** Why a result is not what was predicted; undefined if it is, or if there is nothing to compare. */
export function findDisagreement(
  prediction: Prediction,
  test: TestId,
  verdict: Verdict,
): { readonly predicted: string; readonly because?: string } | undefined {
  if (verdict === 'miss') return undefined;
  const predicted = predictTest(prediction, test);
  const isExcused =
    verdict === 'fail' && prediction.faults.some((pattern) => matchesTest(test, pattern));
  switch (predicted.kind) {
    case 'open':
      return undefined;
    case 'fine':
      // Scenarios also ask for what is not about kernels, such as a second CPU.
      return verdict === 'pass' || verdict === 'skip' || isExcused
        ? undefined
        : { predicted: 'pass' };
    case 'skip':
      return verdict === 'skip'
        ? undefined
        : { predicted: 'skip', because: `no ${predicted.feature}: ${predicted.because}` };
    case 'bad':
      return predicted.verdicts.includes(verdict) || isExcused
        ? undefined
        : {
            predicted: predicted.verdicts[0] ?? 'fail',
            because: `no ${predicted.feature}: ${predicted.because}`,
          };
  }
}
