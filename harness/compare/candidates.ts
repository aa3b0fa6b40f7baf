/** Everything that is different where results are, with how well it separates them. */
import { describeState, stateOf } from '../kconfig/kernel-config.ts';
import type { Cause } from '../needs/feature.ts';
import type { Environment } from './compared-run.ts';
import type { Reason, ReasonKind } from './comparison.ts';
import { addWeights, type Evidence, type Weight } from './evidence.ts';

export interface Candidate {
  readonly kind: ReasonKind;
  readonly key: string;
  /** Its values in cells with the worse result; empty: a fact that was not found, a parameter not given. */
  readonly values: readonly string[];
  /** So many cells with the worse and with the better result have one of these values. */
  readonly weight: Weight;
  /** 1: all cells with the worse result and none with the better one; 0: as many of both. */
  readonly separation: number;
}

/** A candidate with what is known of it. */
export interface RankedCandidate extends Candidate {
  /** See `Reason`. */
  readonly basis: Reason['basis'];
  /** How strongly facts and needs point to it: see `POINTS`. */
  readonly points: number;
  /** See `distanceOf`. */
  readonly distance: number;
  readonly causes: readonly Cause[];
}

/** Less than this says nothing. */
const SEPARATION_MIN = 0.5;

/** Things that environments say something of. */
interface Family {
  readonly kind: ReasonKind;
  /** Environments that share this object say the same. */
  partOf(environment: Environment): object | undefined;
  keysOf(environments: readonly Environment[]): Iterable<string>;
}

const OFFERED = 'offered/';

const FAMILIES: readonly Family[] = [
  {
    kind: 'fact',
    partOf: ({ facts }) => facts,
    keysOf: (all) => all.flatMap(({ facts }) => [...(facts?.keys() ?? [])]),
  },
  {
    kind: 'fact',
    partOf: ({ offered }) => offered,
    keysOf: (all) =>
      all.flatMap(({ offered }) => [...(offered ?? [])].map((name) => `${OFFERED}${name}`)),
  },
  {
    kind: 'boot-parameter',
    partOf: ({ bootParameters }) => bootParameters,
    keysOf: (all) => all.flatMap(({ bootParameters = [] }) => bootParameters),
  },
  {
    kind: 'symbol',
    partOf: ({ config }) => config,
    keysOf: (all) => all.flatMap(({ config }) => [...(config?.symbols.keys() ?? [])]),
  },
];

const BUILDS: Family = {
  kind: 'tool',
  partOf: ({ builds }) => builds,
  keysOf: (all) => all.flatMap(({ builds }) => [...builds.keys()]),
};

/** What an environment says of a candidate: empty for what it lacks, `undefined` if it is not known. */
export function valueIn(
  { facts, offered, bootParameters, config, release, builds }: Environment,
  { kind, key }: Pick<Candidate, 'kind' | 'key'>,
): string | undefined {
  switch (kind) {
    case 'fact': {
      if (!key.startsWith(OFFERED)) return facts && (facts.get(key) ?? '');
      return offered && (offered.has(key.slice(OFFERED.length)) ? 'there' : '');
    }
    case 'symbol':
      return config && describeState(stateOf(config, key));
    case 'boot-parameter':
      return bootParameters && (bootParameters.includes(key) ? 'there' : '');
    case 'kernel-release':
      return release;
    case 'agent-build':
    case 'kernel-build':
    case 'machine':
    case 'tool':
      return builds.get(key);
  }
}

export interface CandidateOptions {
  /**
   * Whether columns are of several runs. In one run, a kernel's digest and its name are the same thing.
   */
  readonly isAcrossRuns: boolean;
}

export function findCandidates(
  evidence: Evidence,
  { isAcrossRuns }: CandidateOptions,
): readonly Candidate[] {
  const inFamilies = FAMILIES.flatMap((one) => candidatesOf(one, evidence));
  const releases = separateReleases(evidence);
  const builds = candidatesOf(BUILDS, evidence).flatMap((candidate) => {
    const kind = kindOfBuild(candidate.key);
    const isImplied = kind === 'kernel-build' && (!isAcrossRuns || releases.length > 0);
    return isImplied ? [] : [{ ...candidate, kind }];
  });
  return [...inFamilies, ...releases, ...dropTwins(builds)];
}

const MACHINE = 'machine';
const MACHINE_BUILD = 'machine build';

/** A machine that calls itself otherwise needs no digest to be another one. */
function dropTwins(builds: readonly Candidate[]): readonly Candidate[] {
  const machine = builds.find(({ key }) => key === MACHINE);
  return builds.filter(
    ({ key, separation }) =>
      key !== MACHINE_BUILD || machine === undefined || machine.separation < separation,
  );
}

function kindOfBuild(name: string): ReasonKind {
  if (name === 'agent') return 'agent-build';
  if (name === MACHINE || name === MACHINE_BUILD) return 'machine';
  return name === 'kernel' ? 'kernel-build' : 'tool';
}

function candidatesOf({ kind, partOf, keysOf }: Family, evidence: Evidence): readonly Candidate[] {
  const parts = new Map<object, { environment: Environment; weight: Weight }>();
  for (const [environment, weight] of evidence.environments) {
    const part = partOf(environment);
    if (part === undefined) continue;
    const before = parts.get(part)?.weight;
    parts.set(part, { environment, weight: addWeights(before, weight) });
  }
  if (parts.size < 2) return [];
  const all = [...parts.values()];
  const keys = new Set(keysOf(all.map(({ environment }) => environment)));
  return [...keys].flatMap((key) => {
    const values = new Map<string, Weight>();
    for (const { environment, weight } of all) {
      const value = valueIn(environment, { kind, key });
      if (value !== undefined) values.set(value, addWeights(values.get(value), weight));
    }
    return values.size > 1 ? separate(kind, key, values, evidence) : [];
  });
}

/** Of all ways to divide the values, the one that divides the cells best. */
function separate(
  kind: ReasonKind,
  key: string,
  values: ReadonlyMap<string, Weight>,
  total: Weight,
): readonly Candidate[] {
  const telling = [...values].filter(([, { bad, good }]) => bad / total.bad > good / total.good);
  const weight = telling.reduce<Weight>((sum, [, own]) => addWeights(sum, own), NO_WEIGHT);
  const separation = separationOf(weight, total);
  if (separation < SEPARATION_MIN) return [];
  return [{ kind, key, values: telling.map(([value]) => value), weight, separation }];
}

const NO_WEIGHT: Weight = { bad: 0, good: 0 };

export function separationOf({ bad, good }: Weight, total: Weight): number {
  return bad / total.bad - good / total.good;
}

/** Releases are in an order: what counts is from when on, or until when. */
function separateReleases(evidence: Evidence): readonly Candidate[] {
  const weights = new Map<string, Weight>();
  for (const [{ release }, weight] of evidence.environments) {
    if (release !== undefined) weights.set(release, addWeights(weights.get(release), weight));
  }
  const sorted = [...weights].toSorted(([one], [other]) =>
    one.localeCompare(other, 'en', { numeric: true }),
  );
  const cuts = sorted.slice(1).flatMap(([release], index) => {
    const [below, above] = [sorted.slice(0, index + 1), sorted.slice(index + 1)].map((part) =>
      part.reduce<Weight>((sum, [, own]) => addWeights(sum, own), NO_WEIGHT),
    ) as [Weight, Weight];
    return [
      { key: `>=${release}`, weight: above },
      { key: `<${release}`, weight: below },
    ];
  });
  const rated = cuts.map(({ key, weight }) => ({
    ...{ kind: 'kernel-release' as const, key, values: [key], weight },
    separation: separationOf(weight, evidence),
  }));
  const [best] = rated.toSorted((one, other) => other.separation - one.separation);
  return best === undefined || best.separation < SEPARATION_MIN ? [] : [best];
}
