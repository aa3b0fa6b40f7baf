/** What differs between the kernels of a comparison, for the terminal: facts, and symbols of their configs. */
import { isAboutCgroups } from '../../compare/column-differences.ts';
import type { Comparison, FactRow } from '../../compare/comparison.ts';
import { describeStateOrNot } from '../../compare/phrases.ts';
import { countDiffering } from '../../phrases.ts';
import { toLine } from '../../text.ts';
import type { Colors } from '../paint.ts';
import { renderBlocks } from './blocks.ts';

export interface KernelTableOptions {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  /** Everything: all tests, facts and symbols. */
  readonly isAll: boolean;
}

/** More rows than this of a table are left out, unless all are asked for. */
export const ROWS_MAX = 15;
export const INDENT = '   ';

export function renderFacts(
  { facts, factsConfig }: Comparison,
  names: readonly string[],
  { colors, width, isAll }: KernelTableOptions,
): readonly string[] {
  if (facts.length === 0) return [];
  const sorted = facts.toSorted((one, other) => rankFact(one.fact) - rankFact(other.fact));
  const shown = isAll ? sorted : sorted.filter(isNotImplied).slice(0, ROWS_MAX);
  const rows = shown.map(({ fact, values }) => [
    toLine(fact),
    ...values.map((value) => toLine(value ?? '?')),
  ]);
  const where = factsConfig === undefined ? '' : ` with config ${toLine(factsConfig)}`;
  return [
    `${colors.bold(countDiffering(facts.length, 'fact'))}${where}`,
    ...renderBlocks([['', ...names], ...rows], { width, indent: INDENT }),
    ...renderRest(facts.length - shown.length, colors),
  ];
}

/** Files come and go with their controller. */
function isNotImplied({ fact }: FactRow, _: number, all: readonly FactRow[]): boolean {
  const [, hierarchy, controller] = /^(v[12])-file\/([^.]+)\./.exec(fact) ?? [];
  return !all.some((other) => other.fact === `${hierarchy}/${controller}`);
}

/** Controllers first, then their files. */
function rankFact(fact: string): number {
  if (/^v[12]\//.test(fact)) return 0;
  return fact.includes('-file/') ? 2 : 1;
}

export function renderConfig(
  { config }: Comparison,
  names: readonly string[],
  { colors, width, isAll }: KernelTableOptions,
): readonly string[] {
  if (config.length === 0) return [];
  const near = config.filter(({ symbol, menu }) => isAboutCgroups(symbol, menu));
  const shown = isAll ? config : near.slice(0, ROWS_MAX);
  const byMenu = Map.groupBy(shown, ({ menu }) => menu.map((title) => toLine(title)).join(' › '));
  const table = [...byMenu].flatMap(([menu, rows]) => [
    ...(menu === '' ? [] : [[colors.dim(menu)]]),
    ...rows.map(({ symbol, states }) => [
      `CONFIG_${toLine(symbol)}`,
      ...states.map((state) => toLine(describeStateOrNot(state))),
    ]),
  ]);
  return [
    colors.bold(countDiffering(config.length, 'symbol', ' of the kernel configs')),
    ...renderBlocks([['', ...names], ...table], { width, indent: INDENT }),
    ...renderRest(config.length - shown.length, colors),
  ];
}

function renderRest(more: number, colors: Colors): readonly string[] {
  return more > 0 ? [colors.dim(`${INDENT}… and ${more} more (--all lists them)`)] : [];
}
