import type { FactMap } from './fact-map.ts';

/** A fact that differs. Absent on a side: that kernel does not have it. */
export interface FactChange {
  /** As in `FactMap`. */
  readonly fact: string;
  readonly before?: string;
  readonly after?: string;
}

/** Control files that came and went, of one controller in one hierarchy. */
export interface FileChange {
  readonly hierarchy: 'v1' | 'v2';
  /** The name's part before its first dot; `core` for files without one. */
  readonly controller: string;
  readonly came: readonly string[];
  readonly went: readonly string[];
  /** The controller itself came or went, and all of its files with it. */
  readonly isWhole: boolean;
}

export interface FactDifference {
  readonly changes: readonly FactChange[];
  readonly files: readonly FileChange[];
}

/** What differs between two kernels: what was lost first, then in the order of the facts. */
export function diffFacts(before: FactMap, after: FactMap): FactDifference {
  const all = new Set([...before.keys(), ...after.keys()]);
  const changed = [...all].filter((fact) => before.get(fact) !== after.get(fact));
  const isFile = (fact: string): boolean => fileOf(fact) !== undefined;
  const changes = changed
    .filter((fact) => !isFile(fact))
    .map((fact) => changeOf(fact, before, after))
    .toSorted((one, other) => rankOf(one.fact) - rankOf(other.fact));
  return { changes, files: groupFiles(changed.filter(isFile), before, after) };
}

function changeOf(fact: string, before: FactMap, after: FactMap): FactChange {
  const [old, now] = [before.get(fact), after.get(fact)];
  return {
    fact,
    ...(old === undefined ? {} : { before: old }),
    ...(now === undefined ? {} : { after: now }),
  };
}

const KINDS = [
  'v1',
  'v1-named',
  'v2',
  'mount-option',
  'swap-accounting',
  'psi',
  'proc-cgroups',
  'lsm',
  'namespace',
  'hz',
];

function rankOf(fact: string): number {
  const at = KINDS.indexOf(fact.split('/', 1)[0] ?? fact);
  return at === -1 ? KINDS.length : at;
}

interface ControlFile {
  readonly hierarchy: 'v1' | 'v2';
  readonly controller: string;
  readonly name: string;
}

/** The control file that a fact is about, if it is about one. */
function fileOf(fact: string): ControlFile | undefined {
  const [, hierarchy, name] = /^(v[12])-file\/(.*)$/s.exec(fact) ?? [];
  if (name === undefined) return undefined;
  const controller = name.includes('.') ? name.slice(0, name.indexOf('.')) : 'core';
  return { hierarchy: hierarchy === 'v1' ? 'v1' : 'v2', controller, name };
}

function groupFiles(
  facts: readonly string[],
  before: FactMap,
  after: FactMap,
): readonly FileChange[] {
  const byController = Map.groupBy(facts, (fact) => {
    const file = fileOf(fact);
    return `${file?.hierarchy}/${file?.controller}`;
  });
  return [...byController].flatMap(([controllerFact, group]) => {
    const [first] = group.flatMap((fact) => fileOf(fact) ?? []);
    if (first === undefined) return [];
    const { hierarchy, controller } = first;
    const namesIn = (map: FactMap): readonly string[] =>
      group.filter((fact) => map.has(fact)).flatMap((fact) => fileOf(fact)?.name ?? []);
    const [isBefore, isAfter] = [before, after].map((map) => map.get(controllerFact) === 'ok');
    const [went, came] = [namesIn(before), namesIn(after)];
    return [{ hierarchy, controller, came, went, isWhole: isBefore !== isAfter }];
  });
}
