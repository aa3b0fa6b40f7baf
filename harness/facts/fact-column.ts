import type { ProbedFacts } from '../guest-facts.ts';
import { type FactMap, factMapOf } from './fact-map.ts';

/** What a report says of a cell, as far as facts are concerned. */
export interface CellWithFacts {
  readonly kernel: string;
  readonly config: string;
  /** The name of a kernel that was built for the config. */
  readonly build?: string;
  readonly facts?: {
    readonly release: string;
    readonly cmdline: string;
    readonly probed?: string;
  };
}

/** A kernel as it was booted: with other boot parameters it is another column. */
export interface FactColumn {
  /** `debian-6.12`, or `debian-6.12 +no-controllers` for guests with another config than `default`. */
  readonly name: string;
  /** What was booted: `source-6.12+v1-on` is another one than `source-6.12`. */
  readonly kernel: string;
  /** Names of the configs whose guests said this. */
  readonly configs: readonly string[];
  readonly release: string;
  /** Of one of these guests. */
  readonly cmdline: string;
  readonly digest: string;
  readonly facts: ProbedFacts;
  readonly map: FactMap;
}

/**
 * A column for each kernel and content, by release and then as the cells are ordered. Cells without
 * facts have none.
 */
export function factColumns(
  cells: readonly CellWithFacts[],
  reported: readonly (ProbedFacts & { readonly digest: string })[],
): readonly FactColumn[] {
  const known = new Map(reported.map((facts) => [facts.digest, facts]));
  const byContent = Map.groupBy(cells, (cell) =>
    JSON.stringify([bootedBy(cell), cell.facts?.probed ?? '']),
  );
  const columns = [...byContent.values()].flatMap((group) => {
    const [cell] = group;
    const digest = cell?.facts?.probed;
    const found = digest === undefined ? undefined : known.get(digest);
    if (cell?.facts === undefined || found === undefined) return [];
    const { digest: _, ...facts } = found;
    const { release, cmdline } = cell.facts;
    const configs = [...new Set(group.map(({ config }) => config))];
    const kernel = bootedBy(cell);
    return [
      { kernel, configs, release, cmdline, digest: found.digest, facts, map: factMapOf(facts) },
    ];
  });
  const plain = cells.filter(({ config }) => config === PLAIN).map(bootedBy);
  const named = nameColumns(columns, new Set(plain));
  return named.toSorted((one, other) => compareReleases(one.release, other.release));
}

function bootedBy({ kernel, build }: CellWithFacts): string {
  return build ?? kernel;
}

type Unnamed = Omit<FactColumn, 'name'>;

/** The config that goes without saying. */
export const PLAIN = 'default';

/**
 * What boots with the config `default` has the kernel's name alone; so has what comes first, if the kernel is
 * not booted with that config.
 * @param plain Kernels that are, even if none of those guests came up.
 */
function nameColumns(
  columns: readonly Unnamed[],
  plain: ReadonlySet<string>,
): readonly FactColumn[] {
  const byKernel = Map.groupBy(columns, ({ kernel }) => kernel);
  return [...byKernel].flatMap(([kernel, ofKernel]) => {
    const first = plain.has(kernel)
      ? ofKernel.find(({ configs }) => configs.includes(PLAIN))
      : ofKernel[0];
    const others = ofKernel.filter((column) => column !== first);
    const names = [
      ...(first === undefined ? [] : [kernel]),
      ...others.map(({ configs }) => `${kernel} +${configs.join(' +')}`),
    ];
    return [first, ...others]
      .filter((column) => column !== undefined)
      .map((column, at) => {
        const name = names[at] ?? kernel;
        // A kernel that was replaced, or a guest that does not always say the same.
        const isTaken = names.indexOf(name) !== at;
        return { ...column, name: isTaken ? `${name} #${column.digest.slice(7, 11)}` : name };
      });
  });
}

/** By the numbers at the beginning: 6.2 comes before 6.12. */
function compareReleases(one: string, other: string): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function numbersOf(release: string): readonly [number, number, number] {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0), Number(patch ?? 0)];
}
