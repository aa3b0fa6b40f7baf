import {
  describeState,
  type KernelConfig,
  type SymbolState,
  stateOf,
} from '../kconfig/kernel-config.ts';
import { effectiveCmdline, findRuledWord } from './boot-parameters.ts';
import type { Cause, Feature, Features, SymbolNeed } from './feature.ts';
import { holdsIn, isReadable } from './versions.ts';

/** A kernel, as far as it is known before it boots. */
export interface KnownKernel {
  readonly config?: KernelConfig;
  /** `uname -r`; empty if it is not known. */
  readonly release: string;
  readonly cmdline: string;
}

/**
 * Why a fact is not `ok` or `there` on a kernel, as far as its version, command line and configuration
 * explain it: what is certain. Where the configuration is not known and nothing else explains it, the
 * symbols that could: their state is `not known`.
 */
export function causesBehind(
  fact: string,
  kernel: KnownKernel,
  features: Features,
): readonly Cause[] {
  const certain = new Map<string, Cause>();
  const possible = new Map<string, Cause>();
  for (const feature of withRequired(fact, features)) {
    for (const cause of causesOf(feature, kernel)) {
      const isPossible = cause.kind === 'symbol' && cause.state === NOT_KNOWN;
      (isPossible ? possible : certain).set(JSON.stringify(cause), cause);
    }
  }
  return [...(certain.size > 0 ? certain : possible).values()];
}

/** The state of a symbol of a kernel whose configuration is not known. */
export const NOT_KNOWN = 'not known';

/** The feature by which a fact is explained: its own, or for a control file that of its controller. */
export function featureBehind(fact: string, features: Features): Feature | undefined {
  const own = features.get(fact);
  if (own !== undefined) return own;
  const file = /^(v[12])-file\/([^.]+)\./.exec(fact);
  return file === null ? undefined : features.get(`${file[1]}/${file[2]}`);
}

/** A feature and all that it cannot do without, each once, what it rests on last. */
export function withRequired(fact: string, features: Features): readonly Feature[] {
  const found = new Map<string, Feature>();
  const visit = (feature: Feature | undefined): void => {
    if (feature === undefined || found.has(feature.fact)) return;
    found.set(feature.fact, feature);
    for (const required of feature.requires) visit(features.get(required));
  };
  visit(featureBehind(fact, features));
  return [...found.values()];
}

function causesOf(feature: Feature, kernel: KnownKernel): readonly Cause[] {
  const { since, until } = feature;
  const { release, config } = kernel;
  if (isReadable(release) && !holdsIn(feature, release)) {
    return [{ kind: 'version', ...(since && { since }), ...(until && { until }) }];
  }
  const cmdline = effectiveCmdline(kernel.cmdline, config);
  const symbols = feature.symbols.flatMap((need) => causeOfSymbol(need, { ...kernel, cmdline }));
  const parameters = feature.removedBy.flatMap((rule): readonly Cause[] => {
    const parameter = findRuledWord(cmdline, rule, release);
    return parameter === undefined ? [] : [{ kind: 'boot-parameter', parameter }];
  });
  return [...symbols, ...parameters];
}

function causeOfSymbol(need: SymbolNeed, kernel: KnownKernel): readonly Cause[] {
  const { symbol, values, lists, note, unless } = need;
  const { release, config, cmdline } = kernel;
  if (!isNeededIn(need, kernel)) return [];
  if (unless !== undefined && findRuledWord(cmdline, unless, release) !== undefined) return [];
  const state = config === undefined ? undefined : stateOf(config, symbol);
  if (state !== undefined && isMet(need, state)) return [];
  return [
    {
      kind: 'symbol',
      symbol,
      state: state === undefined ? NOT_KNOWN : describeState(state),
      wanted: lists === undefined ? values : [`…,${lists}`],
      ...(note !== undefined && { note }),
    },
  ];
}

function isMet({ values, lists }: SymbolNeed, state: SymbolState): boolean {
  const value = state.kind === 'value' ? state.value : 'n';
  return lists === undefined
    ? values.includes(value)
    : value.replaceAll('"', '').split(',').includes(lists);
}

/**
 * A configuration that mentions a symbol has it, whatever the version says: it was ported back, or the
 * version is not known.
 */
function isNeededIn(need: SymbolNeed, { release, config }: KnownKernel): boolean {
  const { since, until } = need;
  if (holdsIn(need, release)) return true;
  if (config?.symbols.has(need.symbol) !== true) return false;
  const isOver = until !== undefined && isReadable(release) && !holdsIn({ until }, release);
  return !isOver && (since !== undefined || !isReadable(release));
}
