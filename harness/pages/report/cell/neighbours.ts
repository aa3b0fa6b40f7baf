/**
 * Facts of a cell beside those of its neighbours: the cells that differ from it in one axis alone.
 * Whatever a reader suspects of a failure, these show it first.
 */
import type { CellReport, RunReport } from '../../../report/schema.ts';

const AXES = ['kernel', 'config', 'cgroup', 'agent'] as const;
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
  const known = new Map<CellReport, ReadonlyMap<string, string>>();
  const mapOf = (cell: CellReport): ReadonlyMap<string, string> => {
    const found = known.get(cell) ?? factsOfCell(cell, kernels.get(cell.kernel));
    known.set(cell, found);
    return found;
  };
  return {
    factsOf: (cell) => {
      const others = AXES.flatMap((axis) =>
        (byRest.get(restOf(cell, axis)) ?? [])
          .filter((other) => other !== cell)
          .slice(0, NEIGHBOURS_MAX)
          .map((other) => ({ where: other[axis], facts: mapOf(other) })),
      );
      return compareFacts(mapOf(cell), others);
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

interface Other {
  readonly where: string;
  readonly facts: ReadonlyMap<string, string>;
}

/** What a neighbour does not know says nothing: its guest may not have booted. */
function compareFacts(
  own: ReadonlyMap<string, string>,
  others: readonly Other[],
): readonly CellFact[] {
  const comparable = others.filter(({ facts }) => facts.has('release'));
  const names = new Set(
    [own, ...comparable.map(({ facts }) => facts)].flatMap((one) => [...one.keys()]),
  );
  return [...names].map((name) => {
    const value = own.get(name);
    const differing = NAMING.has(name)
      ? []
      : comparable.filter(({ facts }) => facts.get(name) !== value);
    const elsewhere = [...Map.groupBy(differing, ({ facts }) => facts.get(name))].map(
      ([other, group]) => ({ value: other, where: group.map(({ where }) => where) }),
    );
    return { name, value, elsewhere: own.has('release') ? elsewhere : [] };
  });
}

function factsOfCell(
  { facts, kernel }: CellReport,
  used: RunReport['kernels'][number] | undefined,
): ReadonlyMap<string, string> {
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
  map.set('kernel', used?.origin ?? kernel);
  if (used?.config !== undefined) map.set('built with', used.config.digest);
  return map;
}
