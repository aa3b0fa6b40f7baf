/** The smallest changes that make failing cells pass, each proven by a cell of the run, or not yet. */
import type { NamedCell } from '../matrix/cell.ts';
import { NOT_KNOWN } from '../needs/causes.ts';
import type { Cause } from '../needs/feature.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type Proof, WAY_KINDS, type Way, type WayKind } from './advice.ts';
import { type ComparedCell, splitTestKey } from './compared-run.ts';
import { isLack } from './fact-key.ts';
import { failuresOf } from './failures.ts';
import { type Knowledge, knownKernel } from './knowledge.ts';

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
    const byAxis = AXES.map((axis) => addWays(cell, axis, neighbours(cell, axis), wayOf));
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

/** Returns whether there are any. */
function addWays(
  cell: ComparedCell,
  axis: Axis,
  { good, unrun, plainConfig }: Neighbours,
  wayOf: (kind: WayKind, text: string) => OpenWay,
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
    ...known.filter(({ other }) => !isMeasured(verdictsIn(other, cell))),
    ...unrun.map((other) => ({ other, kind: axis, text: describeWay(axis, cell, other) })),
  ].filter(({ other }) => axis !== 'config' || other.config === plainConfig);
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

function besideKey(cell: NamedCell, axis: Axis): string {
  return JSON.stringify(AXES.map((one) => (one === axis ? null : cell[one])));
}

/**
 * Whether what fails in one cell passes in another, in which nothing fails; `undefined`: nothing of it passes,
 * or some of it was not measured.
 */
function prove(cell: ComparedCell, other: ComparedCell): Proof | undefined {
  const verdicts = verdictsIn(other, cell);
  if (!isMeasured(verdicts) || !verdicts.includes('pass')) return undefined;
  const pass = other.tests.filter(({ verdict }) => verdict === 'pass').length;
  return { cell: cell.id, by: other.id, pass, ran: pass };
}

/** Of the tests that fail in a cell; `undefined` for those that another does not have. */
function verdictsIn(other: ComparedCell, cell: ComparedCell): readonly (Verdict | undefined)[] {
  const tests = new Map(other.tests.map((test) => [test.key, test.verdict]));
  return failuresOf(cell).map(({ key }) => tests.get(key));
}

/** In a cell in which nothing fails: then running it again would say nothing new. */
function isMeasured(verdicts: readonly (Verdict | undefined)[]): boolean {
  return verdicts.every((verdict) => verdict === 'pass' || verdict === 'skip');
}

function propose(way: OpenWay, cell: ComparedCell, other: NamedCell): void {
  way.unproven.push(cell.id);
  way.command ??= ['run', '--profile', 'all', '--only', other.id];
}

/** A kernel of the same series that has the symbols, and differs in whatever else it differs in. */
function proveSymbols(
  cell: ComparedCell,
  symbols: readonly SymbolCause[],
  others: readonly ComparedCell[],
): Proof | undefined {
  for (const other of others) {
    const { config } = other.environment;
    if (config === undefined || seriesOf(other) !== seriesOf(cell)) continue;
    const hasAll = symbols.every(({ symbol, wanted }) =>
      wanted.includes(config.symbols.get(symbol) ?? 'n'),
    );
    const proof = hasAll ? prove(cell, other) : undefined;
    if (proof !== undefined) return proof;
  }
  return undefined;
}

/** `6.12` of `6.12.117+deb12-cloud-amd64`. */
function seriesOf({ environment: { release = '' } }: ComparedCell): string {
  return /^\d+\.\d+/.exec(release)?.[0] ?? release;
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
      return `Set the guest up as config ${other.config} does`;
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

type SymbolCause = Extract<Cause, { readonly kind: 'symbol' }>;

/** Symbols behind what the failing tests rest on and the guest lacks, as the table of needs has it. */
function missingSymbols(cell: ComparedCell, knowledge: Knowledge): readonly SymbolCause[] {
  const { facts, release } = cell.environment;
  if (facts === undefined || release === undefined) return [];
  const needed = new Set(
    failuresOf(cell).flatMap(({ key }) => knowledge.restsOn(splitTestKey(key), cell)),
  );
  const missing = [...needed].filter((fact) => isLack(facts.get(fact) ?? ''));
  const causes = missing.flatMap((fact) =>
    knowledge.causesBehind(fact, knownKernel(cell.environment)),
  );
  // What a boot parameter takes away, no symbol brings back.
  if (causes.some(({ kind }) => kind !== 'symbol')) return [];
  const symbols = causes.filter((cause) => cause.kind === 'symbol');
  // Without the kernel's config there are more candidates than it takes.
  if (symbols.some(({ state }) => state === NOT_KNOWN)) return [];
  return [...new Map(symbols.map((cause) => [cause.symbol, cause])).values()];
}

function describeSymbols(symbols: readonly SymbolCause[]): string {
  const wanted = symbols
    .toSorted((one, other) => (one.symbol < other.symbol ? -1 : 1))
    .map((cause) => `CONFIG_${cause.symbol}=${cause.wanted[0] ?? 'y'}`);
  return `Build the kernel with ${wanted.join(' and ')}`;
}

function bySize(one: OpenWay, other: OpenWay): number {
  return (
    Number(other.proven.length > 0) - Number(one.proven.length > 0) ||
    WAY_KINDS.indexOf(one.kind) - WAY_KINDS.indexOf(other.kind) ||
    other.proven.length - one.proven.length
  );
}
