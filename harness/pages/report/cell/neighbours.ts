/**
 * Facts of a cell beside those of its neighbours: the cells that differ from it in one axis alone.
 * Whatever a reader suspects of a failure, these show it first.
 */
import { buildOf } from '../../../matrix/cell.ts';
import type { CellReport, RunReport } from '../../../report/schema.ts';

const AXES = ['kernel', 'config', 'cgroup', 'agent', 'machine'] as const;
type Axis = (typeof AXES)[number];

/** A fact of a cell, as text. */
export interface CellFact {
  readonly name: string;
  /** Undefined: the cell has none. */
  readonly value: string | undefined;
  /** What neighbours have in its place, with the names of those that do; empty: all have the same. */
  readonly elsewhere: readonly {
    readonly value: string | undefined;
    readonly where: readonly string[];
  }[];
}

export interface Neighbours {
  /** In the order of their names' first appearance. */
  factsOf(cell: CellReport): readonly CellFact[];
}

export function neighboursOf(report: Pick<RunReport, 'cells' | 'kernels'>): Neighbours {
  const byRest = new Map<string, CellReport[]>();
  for (const cell of report.cells) {
    for (const axis of AXES) {
      const key = restOf(cell, axis);
      const own = byRest.get(key) ?? [];
      byRest.set(key, own);
      own.push(cell);
    }
  }
  const kernels = new Map(report.kernels.map((kernel) => [kernel.name, kernel]));
  // Cells share what is the same in their guests, so that few maps are made, and few are compared.
  const known = new Map<CellReport['facts'], Map<string, Facts>>();
  const mapOf = (cell: CellReport): Facts => {
    const byKernel = known.get(cell.facts) ?? new Map<string, Facts>();
    known.set(cell.facts, byKernel);
    const build = buildOf(cell);
    const found = byKernel.get(build) ?? factsOfCell(cell, kernels.get(build));
    byKernel.set(build, found);
    return found;
  };
  const differencesOf = rememberDifferences();
  return {
    factsOf: (cell) => {
      const others = AXES.flatMap((axis) =>
        (byRest.get(restOf(cell, axis)) ?? [])
          // One more, which may be the cell itself.
          .slice(0, NEIGHBOURS_MAX + 1)
          .filter((other) => other !== cell)
          .slice(0, NEIGHBOURS_MAX)
          .map((other) => ({ where: other[axis], facts: mapOf(other) })),
      );
      return compareFacts(mapOf(cell), others, differencesOf);
    },
  };
}

/** Shown by itself, too, since it is what readers look for first. */
export const BOOT_PARAMETERS = 'boot parameters';

/** Facts that only say which kernel it is: that they differ between kernels is no news. */
const NAMING: ReadonlySet<string> = new Set(['release', 'kernel', 'built with']);

/** Along each axis. */
const NEIGHBOURS_MAX = 20;

function restOf(cell: CellReport, axis: Axis): string {
  return JSON.stringify(AXES.map((one) => (one === axis ? one : [cell[one]])));
}

type Facts = ReadonlyMap<string, string>;

interface Other {
  readonly where: string;
  readonly facts: Facts;
}

/** What a neighbour does not know says nothing: its guest may not have booted. */
function compareFacts(
  own: Facts,
  others: readonly Other[],
  differencesOf: (one: Facts, other: Facts) => readonly string[],
): readonly CellFact[] {
  const elsewhere = new Map([...own.keys()].map((name) => [name, emptyElsewhere()]));
  for (const { where, facts } of others) {
    if (!facts.has('release')) continue;
    for (const name of differencesOf(own, facts)) {
      const byValue = elsewhere.get(name) ?? emptyElsewhere();
      elsewhere.set(name, byValue);
      if (!own.has('release') || NAMING.has(name)) continue;
      const names = byValue.get(facts.get(name)) ?? [];
      byValue.set(facts.get(name), names);
      names.push(where);
    }
  }
  return [...elsewhere].map(([name, byValue]) => ({
    name,
    value: own.get(name),
    elsewhere: [...byValue].map(([value, where]) => ({ value, where })),
  }));
}

function emptyElsewhere(): Map<string | undefined, string[]> {
  return new Map();
}

/** Names of facts that differ: those that one has, then those that only the other has. */
function differencesBetween(one: Facts, other: Facts): readonly string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name));
}

/** Few cells have facts of their own: each pair is compared once. */
function rememberDifferences(): typeof differencesBetween {
  const known = new Map<Facts, Map<Facts, readonly string[]>>();
  return (one, other) => {
    const byOther = known.get(one) ?? new Map<Facts, readonly string[]>();
    known.set(one, byOther);
    const found = byOther.get(other) ?? differencesBetween(one, other);
    byOther.set(other, found);
    return found;
  };
}

function factsOfCell(
  { facts, kernel, build }: CellReport,
  used: RunReport['kernels'][number] | undefined,
): Facts {
  const map = new Map<string, string>();
  if (facts !== undefined) {
    map.set('release', facts.release);
    map.set(BOOT_PARAMETERS, facts.cmdline);
    map.set('CPUs', String(facts.cpus));
    map.set('memory', `${facts.memoryMib} MiB`);
    map.set('controllers of the agent', facts.controllers.join(' ') || 'none');
    for (const [name, outcome] of Object.entries(facts.v1Mounts)) map.set(`v1 ${name}`, outcome);
    map.set('v2 controllers', facts.v2Controllers.join(' ') || 'none');
    map.set('/proc/cgroups is wrong about', facts.disagreements.join(' ') || 'none');
  }
  map.set('kernel', used?.origin ?? build ?? kernel);
  if (used?.config !== undefined) map.set('built with', used.config.digest);
  return map;
}
