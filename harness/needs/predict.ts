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
  /** Some releases of the agent fail it on any kernel if `mayFail`. */
  | { readonly kind: 'fine'; readonly mayFail: boolean }
  /** Nothing is known. */
  | { readonly kind: 'open' }
  | { readonly kind: 'skip'; readonly because: string }
  | {
      readonly kind: 'bad';
      /** Any of these; the first is the most likely. */
      readonly verdicts: readonly Verdict[];
      readonly because: string;
      readonly mayFail: boolean;
    };

export function predictTest(prediction: Prediction, test: TestId): PredictedTest {
  const { lacks, skips, open, faults } = prediction;
  const matches = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesTest(test, pattern));
  const mayFail = matches(faults);
  const dead = lacks.find(({ without }) => without === 'does-not-start');
  if (dead !== undefined) {
    // Only the first test of a cell is measured if its agent does not come up.
    return isSameTest(test, BOOTS) ? badBecauseOf(dead, mayFail) : { kind: 'open' };
  }
  const skip = skips.find(({ tests }) => matches(tests));
  if (skip !== undefined) return { kind: 'skip', because: reasonOf(skip) };
  if (matches(open)) return { kind: 'open' };
  const lack = lacks.find(({ without, tests }) => isLoss(without) && matches(tests));
  return lack === undefined ? { kind: 'fine', mayFail } : badBecauseOf(lack, mayFail);
}

/** `predictTest` for all tests of a run: what cells have in common is worked out once. */
export function createPredictor(): typeof predictTest {
  const byContent = new Map<string, Map<string, PredictedTest>>();
  const byValue = new WeakMap<Prediction, Map<string, PredictedTest>>();

  function findTests(prediction: Prediction): Map<string, PredictedTest> {
    const known = byValue.get(prediction);
    if (known !== undefined) return known;
    const content = JSON.stringify(prediction);
    const tests = byContent.get(content) ?? new Map<string, PredictedTest>();
    byContent.set(content, tests);
    byValue.set(prediction, tests);
    return tests;
  }

  return (prediction, test) => {
    const { file, title } = test;
    const tests = findTests(prediction);
    const key = `${file}\n${title}`;
    const predicted = tests.get(key) ?? predictTest(prediction, test);
    tests.set(key, predicted);
    return predicted;
  };
}

const VERDICTS_OF: Readonly<Record<Consequence, readonly [Verdict, ...Verdict[]]>> = {
  'does-not-start': ['fail', 'boot-failure', 'agent-panic', 'hang'],
  panics: ['agent-panic'],
  fails: ['fail'],
  drops: ['fail'],
  refuses: ['fail'],
  'falls-back': ['pass'],
};

function badBecauseOf(lack: PredictedLack, mayFail: boolean): PredictedTest {
  const verdicts = VERDICTS_OF[lack.without];
  return { kind: 'bad', verdicts, because: reasonOf(lack), mayFail };
}

function reasonOf({ feature, because: why }: Pick<PredictedLack, 'feature' | 'because'>): string {
  return `no ${feature}: ${why}`;
}

/** A result that is not what was predicted. */
export interface Disagreement {
  readonly predicted: Verdict;
  /** Why it was not expected to be fine; absent if it was. */
  readonly because?: string;
}

/** Undefined if a result is as predicted, or if there is nothing to compare. */
export function findDisagreement(
  predicted: PredictedTest,
  verdict: Verdict,
): Disagreement | undefined {
  if (verdict === 'miss') return undefined;
  switch (predicted.kind) {
    case 'open':
      return undefined;
    case 'fine': {
      // Scenarios also ask for what is not about kernels, such as a second CPU.
      const isFine = verdict === 'pass' || verdict === 'skip';
      return isFine || (predicted.mayFail && verdict === 'fail')
        ? undefined
        : { predicted: 'pass' };
    }
    case 'skip':
      return verdict === 'skip' ? undefined : { predicted: 'skip', because: predicted.because };
    case 'bad': {
      const { verdicts, because: why, mayFail } = predicted;
      if (verdicts.includes(verdict) || (mayFail && verdict === 'fail')) return undefined;
      return { predicted: verdicts[0] ?? 'fail', because: why };
    }
  }
}
