/** The smallest changes that make failing cells pass, each proven by a cell of the run, or not yet. */
import type { NamedCell } from '../matrix/cell.ts';
import { type Proof, WAY_KINDS, type Way, type WayKind } from './advice.ts';
import { causesOfLacks } from './causes-of-lacks.ts';
import type { ComparedCell } from './compared-run.ts';
import { failuresOf } from './failures.ts';
import type { Knowledge } from './knowledge.ts';
import { describeSymbols, missingSymbols, proveSymbols } from './missing-symbols.ts';
import { answersFor, prove } from './prove.ts';

export interface WayOptions {
  readonly knowledge: Knowledge;
  readonly matrixCells?: readonly NamedCell[];
}

interface OpenWay {
  readonly kind: WayKind;
  readonly text: string;
  readonly proven: Proof[];
  readonly unproven: string[];
  command?: readonly string[];
}

export interface FoundWays {
  readonly ways: readonly Way[];
  readonly helpless: readonly string[];
}

const AXES = ['config', 'cgroup', 'agent', 'kernel'] as const;
type Axis = (typeof AXES)[number];

/** Of so many cells that differ in the same axis, nobody needs to hear more. */
const LOOKED_AT_MAX = 50;

/** @param cells All cells of the run. */
export function findWays(
  failing: readonly ComparedCell[],
  cells: readonly ComparedCell[],
  { knowledge, matrixCells = [] }: WayOptions,
): FoundWays {
  const ways = new Map<string, OpenWay>();
  const wayOf = (kind: WayKind, text: string): OpenWay => {
    const key = `${kind} ${text}`;
    const way = ways.get(key) ?? { kind, text, proven: [], unproven: [] };
    ways.set(key, way);
    return way;
  };
  const neighbours = findNeighbours(cells, matrixCells);
  const helpless = failing.filter((cell) => {
    const canHelp = createHope(cell, knowledge);
    const byAxis = AXES.map((axis) =>
      addWays(cell, axis, neighbours(cell, axis), { wayOf, canHelp }),
    );
    const bySymbol = addSymbols(cell, neighbours(cell, 'kernel').good, knowledge, wayOf);
    return !bySymbol && !byAxis.includes(true);
  });
  return {
    ways: [...ways.values()].toSorted(bySize),
    helpless: helpless.map(({ id }) => id),
  };
}

/** Cells that differ from one in a single axis. */
interface Neighbours {
  /** Nothing fails in them. */
  readonly good: readonly ComparedCell[];
  readonly unrun: readonly NamedCell[];
  /** The first of the matrix, or of the run: others take something away as a rule. */
  readonly plainConfig: string | undefined;
}

function findNeighbours(
  cells: readonly ComparedCell[],
  matrixCells: readonly NamedCell[],
): (cell: ComparedCell, axis: Axis) => Neighbours {
  const ran = new Set(cells.map(({ id }) => id));
  const good = cells.filter((cell) => failuresOf(cell).length === 0);
  const unrun = matrixCells.filter(({ id }) => !ran.has(id));
  const indexes = new Map(
    AXES.map((axis) => [
      axis,
      {
        good: Map.groupBy(good, (cell) => besideKey(cell, axis)),
        unrun: Map.groupBy(unrun, (cell) => besideKey(cell, axis)),
      },
    ]),
  );
  const plainConfig = (matrixCells[0] ?? cells[0])?.config;
  return (cell, axis) => {
    const key = besideKey(cell, axis);
    const index = indexes.get(axis);
    return {
      good: index?.good.get(key)?.slice(0, LOOKED_AT_MAX) ?? [],
      unrun: index?.unrun.get(key)?.slice(0, LOOKED_AT_MAX) ?? [],
      plainConfig,
    };
  };
}

interface AddWaysOptions {
  readonly wayOf: (kind: WayKind, text: string) => OpenWay;
  readonly canHelp: (axis: Axis) => boolean;
}

/**
 * Whether another value of an axis may help a cell, as far as the tables know what its failing tests lack:
 * what a boot parameter takes away comes back with another config alone, and what the kernel was built
 * without does not.
 */
function createHope(cell: ComparedCell, knowledge: Knowledge): (axis: Axis) => boolean {
  const causes = causesOfLacks(cell, knowledge);
  const isByParameter = causes.some(({ kind }) => kind === 'boot-parameter');
  const isByBuild = causes.some(({ kind }) => kind !== 'boot-parameter');
  return (axis) => {
    switch (axis) {
      case 'config':
        return !isByBuild;
      case 'kernel':
        return !isByParameter;
      case 'cgroup':
      case 'agent':
        return true;
    }
  };
}

/** Returns whether there are any. */
function addWays(
  cell: ComparedCell,
  axis: Axis,
  { good, unrun, plainConfig }: Neighbours,
  { wayOf, canHelp }: AddWaysOptions,
): boolean {
  const known = good.map((other) => ({
    other,
    proof: prove(cell, other),
    kind: kindOf(axis, cell, other),
    text: describeWay(axis, cell, other),
  }));
  const proofs = known.filter(({ proof }) => proof !== undefined);
  for (const { proof, kind, text } of proofs) if (proof) wayOf(kind, text).proven.push(proof);
  // Where something is proven, nobody needs another value of the same axis that is not.
  if (proofs.length > 0) return true;
  const candidates = [
    ...known.filter(({ other }) => !answersFor(other, cell)),
    ...unrun.map((other) => ({ other, kind: axis, text: describeWay(axis, cell, other) })),
  ].filter(({ other }) => (axis !== 'config' || other.config === plainConfig) && canHelp(axis));
  for (const { other, kind, text } of candidates) propose(wayOf(kind, text), cell, other);
  return candidates.length > 0;
}

/** Returns whether there are any. */
function addSymbols(
  cell: ComparedCell,
  others: readonly ComparedCell[],
  knowledge: Knowledge,
  wayOf: (kind: WayKind, text: string) => OpenWay,
): boolean {
  const symbols = missingSymbols(cell, knowledge);
  if (symbols.length === 0) return false;
  const way = wayOf('symbol', describeSymbols(symbols));
  const proof = proveSymbols(cell, symbols, others);
  if (proof === undefined) proposeKernel(way, cell);
  else way.proven.push(proof);
  return true;
}

/** What passes on another machine proves nothing about this one. */
function besideKey(cell: NamedCell, axis: Axis): string {
  return JSON.stringify([cell.machine, ...AXES.map((one) => (one === axis ? null : cell[one]))]);
}

function propose(way: OpenWay, cell: ComparedCell, other: NamedCell): void {
  way.unproven.push(cell.id);
  way.command ??= ['run', '--profile', 'all', '--only', other.id];
}

/** Stands for the name that a user gives a kernel that is still to be built. */
const NEW_KERNEL = 'NEW-KERNEL';

function proposeKernel(way: OpenWay, { id, config, cgroup, agent }: ComparedCell): void {
  way.unproven.push(id);
  way.command ??= ['run', '--profile', 'all', '--only', NEW_KERNEL, config, cgroup, agent];
}

function kindOf(axis: Axis, cell: ComparedCell, other: ComparedCell): WayKind {
  if (axis !== 'config') return axis;
  return extraParameters(cell, other).length > 0 ? 'boot-parameter' : 'config';
}

function describeWay(axis: Axis, cell: ComparedCell, other: NamedCell | ComparedCell): string {
  switch (axis) {
    case 'config': {
      const extra = 'environment' in other ? extraParameters(cell, other) : [];
      if (extra.length > 0) return `Boot without ${extra.join(' ')}`;
      return other.build === undefined
        ? `Set the guest up as config ${other.config} does`
        : `Build the kernel as config ${other.config} asks`;
    }
    case 'cgroup':
      return `Use cgroup ${other.cgroup} with this kernel`;
    case 'agent':
      return `Use the agent ${other.agent}`;
    case 'kernel': {
      const release = 'environment' in other ? other.environment.release : undefined;
      return `Use the kernel ${other.kernel}${release === undefined ? '' : ` (${release})`}`;
    }
  }
}

/** Boot parameters that a cell has and another has not. */
function extraParameters(cell: ComparedCell, other: ComparedCell): readonly string[] {
  const own = cell.environment.bootParameters ?? [];
  const others = other.environment.bootParameters;
  return others === undefined ? [] : own.filter((word) => !others.includes(word));
}

function bySize(one: OpenWay, other: OpenWay): number {
  return (
    Number(other.proven.length > 0) - Number(one.proven.length > 0) ||
    WAY_KINDS.indexOf(one.kind) - WAY_KINDS.indexOf(other.kind) ||
    other.proven.length - one.proven.length
  );
}
