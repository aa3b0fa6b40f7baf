import type { KnownKernel } from '../needs/causes.ts';
import { type RankedCandidate, separationOf } from './candidates.ts';
import type { Environment } from './compared-run.ts';
import { addWeights, type Evidence, type Weight } from './evidence.ts';
import { type Knowledge, knownKernel } from './knowledge.ts';
import { POINTS, pointsTo, type Subject } from './near.ts';

type Predicted = Omit<RankedCandidate, 'distance'>;

/**
 * Where no guest was asked what it can do: symbols and boot parameters that take away what these tests
 * need, as the table of needs has it.
 */
export function predictFromNeeds(
  evidence: Evidence,
  subject: Subject,
  knowledge: Knowledge,
): readonly Predicted[] {
  if (areFactsKnown(evidence)) return [];
  const found = new Map<string, Predicted>();
  for (const fact of knowledge.facts) {
    const missing = { kind: 'fact', key: fact, values: [''] } as const;
    const points = pointsTo(missing, subject, true);
    if (points === POINTS.none) continue;
    for (const predicted of predict(fact, points, evidence, knowledge)) {
      const key = `${predicted.kind} ${predicted.key}`;
      const before = found.get(key);
      if (before === undefined || before.points > points) found.set(key, predicted);
    }
  }
  return [...found.values()].filter(({ separation }) => separation > 0);
}

/** Of cells with the worse result and of cells with the better one. */
function areFactsKnown({ environments }: Evidence): boolean {
  const known = [...environments].filter(([{ facts }]) => facts !== undefined);
  return known.some(([, { bad }]) => bad > 0) && known.some(([, { good }]) => good > 0);
}

function predict(
  fact: string,
  points: number,
  evidence: Evidence,
  { causesBehind }: Knowledge,
): readonly Predicted[] {
  const weights = new Map<
    string,
    { predicted: Omit<Predicted, 'separation' | 'weight'>; weight: Weight }
  >();
  const causesOf = rememberByKernel((kernel) => causesBehind(fact, kernel));
  for (const [environment, weight] of evidence.environments) {
    if (environment.config === undefined) continue;
    for (const cause of causesOf(environment)) {
      if (cause.kind === 'version') continue;
      const [kind, key, value] =
        cause.kind === 'symbol'
          ? (['symbol', cause.symbol, cause.state] as const)
          : (['boot-parameter', cause.parameter, 'there'] as const);
      const text = JSON.stringify([kind, key, value]);
      weights.set(text, {
        predicted: { kind, key, values: [value], basis: 'needs', points, causes: [cause] },
        weight: addWeights(weights.get(text)?.weight, weight),
      });
    }
  }
  return [...weights.values()].map(({ predicted, weight }) => ({
    ...predicted,
    weight,
    separation: separationOf(weight, evidence),
  }));
}

function rememberByKernel<T>(ask: (kernel: KnownKernel) => T): (environment: Environment) => T {
  const known = new Map<string, T>();
  return (environment) => {
    const { kernel, release, bootParameters, configDigest } = environment;
    const key = JSON.stringify([kernel, release, bootParameters, configDigest]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = ask(knownKernel(environment));
    known.set(key, answer);
    return answer;
  };
}
