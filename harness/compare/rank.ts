/**
 * The heart of a comparison: of hundreds of things that differ where results do, the few that are
 * likely to be why. First what the guest was found to lack and the tests need, with the symbol or boot
 * parameter behind it; then what only differs.
 */
import type { Candidate, RankedCandidate } from './candidates.ts';
import { findCauses } from './causes.ts';
import { REASON_KINDS, type ReasonKind } from './comparison.ts';
import type { Evidence } from './evidence.ts';
import { isLack, readFactKey } from './fact-key.ts';
import type { Knowledge } from './knowledge.ts';
import { type AlikeTests, distanceOf, POINTS, pointsTo, type Subject, subjectOf } from './near.ts';
import { predictFromNeeds } from './predict.ts';

export interface Ranking {
  /** Best first. */
  readonly listed: readonly RankedCandidate[];
  readonly isTold: boolean;
  /** Separate as well as the best, and are not listed. */
  readonly others: Partial<Record<ReasonKind, number>>;
}

export interface RankOptions {
  readonly knowledge: Knowledge;
  /** List everything. */
  readonly isAll: boolean;
  readonly isInCgroupMenu: (symbol: string) => boolean;
  /** How many groups of the comparison a candidate separates without exception. */
  readonly explains: (candidate: Candidate) => number;
}

const LISTED_MAX = 10;

/**
 * One cell that failed for another reason must not have what merely separates stand before what the tests
 * rest on.
 */
const SLACK = 0.1;

export function rankCandidates(
  candidates: readonly Candidate[],
  tests: AlikeTests,
  evidence: Evidence,
  options: RankOptions,
): Ranking {
  const { knowledge, isAll, explains } = options;
  const subject = subjectOf(tests, evidence, knowledge);
  const all = [
    ...candidates.map((candidate) => rate(candidate, subject, evidence, options)),
    ...predictFromNeeds(evidence, subject, knowledge).map((candidate) => ({
      ...candidate,
      distance: distanceOf(candidate, subject, options.isInCgroupMenu),
    })),
  ];
  const highest = all.reduce((most, { separation }) => Math.max(most, separation), 0);
  const isFar = ({ separation }: RankedCandidate): boolean => separation < highest - SLACK;
  const sorted = dropImplied(all).toSorted(
    (one, other) =>
      Number(isFar(one)) - Number(isFar(other)) ||
      one.points - other.points ||
      other.separation - one.separation ||
      one.distance - other.distance ||
      explains(other) - explains(one) ||
      KIND_ORDER.indexOf(one.kind) - KIND_ORDER.indexOf(other.kind) ||
      Number(other.values.every(isLack)) - Number(one.values.every(isLack)) ||
      compareKeys(one, other),
  );
  const isTold = tells(sorted);
  const listed = isAll ? sorted : shortList(sorted, isTold);
  return { listed, isTold, others: countOthers(sorted, listed) };
}

/** Where the reason is told, those that are pointed to as strongly; else whatever there is. */
function shortList(
  sorted: readonly RankedCandidate[],
  isTold: boolean,
): readonly RankedCandidate[] {
  const [best] = sorted;
  const isAsStrong = ({ points, separation }: RankedCandidate): boolean =>
    points === best?.points && (points < POINTS.none || separation === best.separation);
  return (isTold ? sorted.filter(isAsStrong) : sorted).slice(0, LISTED_MAX);
}

/** What is more likely to be changed by somebody comes first. */
const KIND_ORDER: readonly ReasonKind[] = [
  'agent-build',
  'boot-parameter',
  'fact',
  'symbol',
  'kernel-build',
  'kernel-release',
  'machine',
  'tool',
] satisfies (typeof REASON_KINDS)[number][];

function compareKeys(one: Candidate, other: Candidate): number {
  if (one.key === other.key) return 0;
  return one.key < other.key ? -1 : 1;
}

function rate(
  candidate: Candidate,
  subject: Subject,
  evidence: Evidence,
  { knowledge, isInCgroupMenu }: RankOptions,
): RankedCandidate {
  // Only what is missing has causes; looking for those of every file would be slow.
  const isMissing = candidate.kind === 'fact' && candidate.values.every(isLack);
  const mayMatter = isMissing && pointsTo(candidate, subject, true) < POINTS.none;
  const causes = mayMatter ? findCauses(candidate, evidence, knowledge) : [];
  const points = pointsTo(candidate, subject, causes.length > 0);
  return {
    ...candidate,
    basis: points < POINTS.none ? 'tried' : 'separates',
    points,
    distance: distanceOf(candidate, subject, isInCgroupMenu),
    causes,
  };
}

/**
 * A controller that cannot be mounted is not offered and has no files, and a symbol behind a fact is
 * shown beside it.
 */
function dropImplied(candidates: readonly RankedCandidate[]): readonly RankedCandidate[] {
  const missing = candidates.filter(
    ({ kind, key, points }) =>
      kind === 'fact' && points < POINTS.none && readFactKey(key).kind === 'controller',
  );
  const behind = new Set(
    candidates.flatMap(({ causes }) =>
      causes.map((cause) => {
        if (cause.kind === 'symbol') return `symbol ${cause.symbol}`;
        return cause.kind === 'boot-parameter' ? `boot-parameter ${cause.parameter}` : '';
      }),
    ),
  );
  return candidates.filter((candidate) => {
    const { kind, key, separation, basis } = candidate;
    // What the table of needs says stands behind itself.
    if (basis === 'needs') return true;
    if (kind === 'symbol') return !behind.has(`symbol ${key}`);
    if (kind === 'boot-parameter') return !isBehind(key, behind);
    if (kind !== 'fact') return true;
    const fact = readFactKey(key);
    if (fact.kind !== 'offered' && fact.kind !== 'file') return true;
    return !missing.some((other) => {
      const known = readFactKey(other.key);
      const isSameHierarchy = fact.hierarchy === undefined || fact.hierarchy === known.hierarchy;
      return (
        known.controller === fact.controller && isSameHierarchy && other.separation >= separation
      );
    });
  });
}

/** A cause names one word of a parameter's list: `cgroup_disable=cpuset` of `cgroup_disable=cpuset,memory`. */
function isBehind(parameter: string, behind: ReadonlySet<string>): boolean {
  const at = parameter.indexOf('=');
  if (at === -1) return behind.has(`boot-parameter ${parameter}`);
  const name = parameter.slice(0, at + 1);
  return parameter
    .slice(at + 1)
    .split(',')
    .some((word) => behind.has(`boot-parameter ${name}${word}`));
}

/** Whether the best candidate stands out by more than by being different where results are. */
function tells(sorted: readonly RankedCandidate[]): boolean {
  const [best] = sorted;
  if (best === undefined) return false;
  const equals = sorted.filter(
    ({ separation, points }) => separation === best.separation && points === best.points,
  );
  if (best.points <= POINTS.named) return true;
  if (best.points === POINTS.controller) return equals.length === 1;
  if (best.separation < 1) return false;
  // What kmx itself needs differs between any two of its versions.
  const telling = equals.filter(({ kind }) => kind !== 'tool');
  return telling.length === 1 || (telling.length === 0 && equals.length === 1);
}

function countOthers(
  sorted: readonly RankedCandidate[],
  listed: readonly RankedCandidate[],
): Ranking['others'] {
  const [best] = sorted;
  const shown = new Set(listed);
  const rest = sorted.filter(
    (one) => best !== undefined && one.separation >= best.separation && !shown.has(one),
  );
  const counts = REASON_KINDS.map(
    (kind) => [kind, rest.filter((one) => one.kind === kind).length] as const,
  );
  return Object.fromEntries(counts.filter(([, number]) => number > 0));
}
