import { describeState, type SymbolState, stateOf } from '../kconfig/kernel-config.ts';
import type { Cell } from '../matrix/cell.ts';
import { CELL_KEYS } from '../matrix/grid.ts';
import { NOT_KNOWN } from '../needs/causes.ts';
import type { Cause } from '../needs/feature.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { type RankedCandidate, valueIn } from './candidates.ts';
import { NOT_THERE } from './column-differences.ts';
import type { Environment } from './compared-run.ts';
import type { ComparedAxis, DifferenceGroup, Reason, ReasonCause } from './comparison.ts';
import { describeCandidate } from './describe-reason.ts';
import type { Evidence } from './evidence.ts';
import type { Ranking } from './rank.ts';

/** @param columns What the group's cells in each column ran in. */
export function reasonOf(
  candidate: RankedCandidate,
  evidence: Evidence,
  columns: readonly (readonly Environment[])[],
): Reason {
  const { kind, key, basis, weight, causes } = candidate;
  return {
    kind,
    key,
    text: describeCandidate(candidate),
    basis,
    states: columns.map((environments) => {
      const value = commonOf(environments, (one) => valueIn(one, candidate));
      return value === '' ? NOT_THERE : (value ?? null);
    }),
    bad: { number: weight.bad, of: evidence.bad },
    good: { number: weight.good, of: evidence.good },
    causes: causes.map((cause) => causeOf(cause, columns)),
  };
}

function causeOf(cause: Cause, columns: readonly (readonly Environment[])[]): ReasonCause {
  switch (cause.kind) {
    case 'symbol': {
      const { symbol, note } = cause;
      const state = readState(cause.state);
      const states = columns.map((environments): SymbolState | null => {
        const text = commonOf(environments, ({ config }) =>
          config === undefined ? undefined : describeState(stateOf(config, symbol)),
        );
        const config = environments[0]?.config;
        return text === undefined || config === undefined ? null : stateOf(config, symbol);
      });
      return {
        ...{ kind: 'symbol', symbol, states },
        ...omitUndefined({ state, note }),
      };
    }
    case 'boot-parameter':
      return { kind: 'boot-parameter', parameter: cause.parameter };
    case 'version': {
      const { since, until } = cause;
      return {
        kind: 'version',
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
      };
    }
  }
}

/** A state from the word for it; `undefined`: not known. */
function readState(word: string): SymbolState | undefined {
  const states: readonly SymbolState[] = [{ kind: 'off' }, { kind: 'unknown' }];
  if (word === NOT_KNOWN) return undefined;
  return states.find((state) => describeState(state) === word) ?? { kind: 'value', value: word };
}

function commonOf(
  environments: readonly Environment[],
  ask: (environment: Environment) => string | undefined,
): string | undefined {
  const [value, ...more] = new Set(environments.map(ask));
  return more.length === 0 ? value : undefined;
}

/** What would tell apart what cannot be told apart. */
export function decide(
  { listed }: Pick<Ranking, 'listed'>,
  unrun: readonly Cell[],
  axes: readonly ComparedAxis[],
): Pick<DifferenceGroup, 'decide'> {
  const [first] = listed;
  const [cell, ...more] = unrun;
  if (cell !== undefined) {
    const words = more.length === 0 ? [cell.id] : commonWords(unrun);
    const cells = more.length === 0 ? 'a cell' : `${unrun.length} cells`;
    return {
      decide: {
        text: `${cells} of the matrix that may decide ${more.length === 0 ? 'was' : 'were'} not run`,
        command: ['run', '--profile', 'all', '--only', ...words],
      },
    };
  }
  const isOfKernel = first?.kind === 'symbol' || first?.kind === 'fact';
  if (!isOfKernel || !axes.includes('kernel')) return {};
  return {
    decide: {
      text: 'a kernel that differs in only one of these would decide: build it and add it to the matrix',
    },
  };
}

/** What some cells have in common, as words of `--only`. */
function commonWords(cells: readonly Cell[]): readonly string[] {
  return CELL_KEYS.flatMap((axis) => {
    const [name, ...more] = new Set(cells.map((cell) => cell[axis]));
    return name === undefined || more.length > 0 ? [] : [name];
  });
}
