/** What did not take, and why, in words for people. */
import { renderFirst } from '../../phrases.ts';
import { toLine } from '../../text.ts';
import { describeState, type SymbolState } from '../kernel-config.ts';
import { printExpression } from '../language/expression.ts';
import type { SymbolType } from '../language/kconfig-tree.ts';
import type { Assignment, LossReason, LostSymbol, Unmet } from './lost-symbol.ts';
import type { Request } from './request.ts';
import { explainAbsence, type SymbolHistory } from './symbol-history.ts';

type ReasonOf<Kind extends LossReason['kind']> = Extract<LossReason, { readonly kind: Kind }>;

const NAMES_MAX = 4;
const EXPRESSION_LENGTH_MAX = 160;

/**
 * `CPUSETS_V1=y did not take: it depends on CPUSETS, which is not set; set CONFIG_CPUSETS=y`; several lines if
 * there is more to say, the first of which names the request.
 */
export function describeLost(lost: LostSymbol): readonly string[] {
  const { request, reason } = lost;
  const head = `${describeRequest(request)} did not take`;
  if (lost.severity === 'note' && reason.kind === 'unknown') {
    return [`${describeRequest(request)}: ${describeUnknown(request.symbol, reason)}`];
  }
  if (reason.kind === 'dependency' && reason.chain.length > 1) {
    const lines = [...describeChain(reason.chain), adviseSetting(reason)];
    return [`${head}:`, ...lines.map((line) => `  ${line}`)];
  }
  return [`${head}: ${describeReason(lost)}`];
}

/** `CPUSETS_V1=y (mine.config:3)`. */
export function describeRequest({ symbol, value, file, line }: Request): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${symbol}=${toLine(value, 60)}${place === '' ? '' : ` (${toLine(place, 100)})`}`;
}

function describeReason({ request, effective, reason }: LostSymbol): string {
  switch (reason.kind) {
    case 'unknown':
      return describeUnknown(request.symbol, reason);
    case 'dependency': {
      const [first] = reason.chain;
      const needs =
        first === undefined
          ? 'something that it depends on does not hold'
          : describeUnmet(first, 'it');
      return `${needs}; ${adviseSetting(reason)}`;
    }
    case 'selected':
      return describeSelected(reason);
    case 'no-prompt':
      return describePromptless(reason);
    case 'out-of-range':
      return `it must be from ${reason.low} to ${reason.high}`;
    case 'wrong-type':
      return `it is ${TYPES[reason.type]}`;
    case 'choice':
      return describeChoice(request, reason);
    case 'no-modules':
      return 'the kernel has no modules; set CONFIG_MODULES=y, or ask for y';
    case 'unexplained':
      return describeUnexplained(effective, reason);
  }
}

const TYPES: Readonly<Record<SymbolType, string>> = {
  bool: 'y or n',
  tristate: 'y, m or n',
  string: 'a text in quotation marks',
  int: 'a number',
  hex: 'a hexadecimal number',
  unknown: 'of an unknown type',
};

function describeUnknown(symbol: string, reason: ReasonOf<'unknown'>): string {
  const { history, version, near, hasTree } = reason;
  const why = history === undefined ? undefined : describeHistory(history, version);
  const which = version === undefined ? 'this kernel' : `Linux ${toLine(version, 40)}`;
  const what = hasTree
    ? `${which} has no symbol ${symbol}`
    : `the configuration of ${which} does not have it`;
  if (why !== undefined) return `${what}: ${why}`;
  if (near.length === 0) return what;
  return `${what}; did you mean ${near.join(', or ')}?`;
}

function describeHistory(history: SymbolHistory, version = ''): string | undefined {
  const { since, until, note } = history;
  const explained = explainAbsence(history, version);
  if (explained === undefined) return undefined;
  const because = note === undefined ? '' : ` (${note})`;
  return explained === 'not-yet'
    ? `it came with Linux ${since}${because}`
    : `it was removed in Linux ${until}${because}`;
}

/** All unset dependencies of one symbol go into one line. */
function describeChain(chain: readonly Unmet[]): readonly string[] {
  const groups = Map.groupBy(chain, (one) =>
    isPlain(one) ? `${one.symbol} ${one.of}` : printExpression(one.needs),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length === 1 || !isPlain(first)) return [describeUnmet(first, first.symbol)];
    const names = group.flatMap(({ states }) => states.map(({ symbol }) => symbol));
    const all = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
    return [`${introduce(first, first.symbol)} ${all}, which are not set`];
  });
}

/** A symbol that is not set, and could be. */
function isPlain({ needs, states: [first] }: Unmet): boolean {
  return needs.kind === 'symbol' && first?.state.kind !== 'value' && first?.isUpToTools === false;
}

function introduce({ of }: Unmet, subject: string): string {
  return of === 'symbol' ? `${subject} depends on` : `${subject} can only be set with`;
}

function describeUnmet(unmet: Unmet, subject: string): string {
  const { needs, states } = unmet;
  const [first] = states;
  const beginning = introduce(unmet, subject);
  if (needs.kind === 'symbol' && first !== undefined) {
    const why = first.isUpToTools ? ': the compiler or another tool decides that' : '';
    return `${beginning} ${needs.name}, which is ${describeValue(first.state)}${why}`;
  }
  const values = states.map((one) => `${one.symbol} is ${describeValue(one.state)}`);
  const what = toLine(printExpression(needs), EXPRESSION_LENGTH_MAX);
  return values.length === 0
    ? `${beginning} ${what}`
    : `${beginning} ${what}, but ${values.join(', ')}`;
}

function describeValue(state: SymbolState): string {
  return state.kind === 'unknown' ? 'not set' : toLine(describeState(state), 60);
}

function adviseSetting({ remedy }: { readonly remedy: readonly Assignment[] }): string {
  if (remedy.length === 0) return 'no other symbol was found that would change this';
  return `set ${remedy.map(({ symbol, value }) => `CONFIG_${symbol}=${value}`).join(', ')}`;
}

function describeSelected({ by, remedy }: ReasonOf<'selected'>): string {
  const names = renderFirst(
    by.map(({ symbol, value }) => `${symbol}=${value}`),
    NAMES_MAX,
  );
  const verb = by.length === 1 ? 'selects' : 'select';
  return `${names.join(', ')} ${verb} it; ${adviseSetting({ remedy })}`;
}

function describePromptless({ selectors, remedy }: ReasonOf<'no-prompt'>): string {
  const what = 'it has no prompt, so it cannot be set directly';
  const advice = remedy.length > 0 ? `; ${adviseSetting({ remedy })}` : '';
  if (selectors.length === 0) return `${what}${advice}`;
  const names = renderFirst(selectors, NAMES_MAX).join(', ');
  return `${what}; one of these that select it must be on: ${names}${advice}`;
}

function describeChoice({ symbol, value }: Request, reason: ReasonOf<'choice'>): string {
  const { title, members, chosen } = reason;
  const name = title === '' ? 'its choice' : `the choice "${toLine(title, 80)}"`;
  if (value === 'n') {
    const others = members.filter((member) => member !== symbol);
    return `one member of ${name} must be on; set another one: ${renderFirst(others, NAMES_MAX).join(', ')}`;
  }
  const names = renderFirst(members, NAMES_MAX).join(', ');
  const which = chosen === undefined ? `none of ${names}` : chosen;
  return `it is one of ${name}, of which ${which} is on`;
}

function describeUnexplained(effective: SymbolState, { hasTree }: ReasonOf<'unexplained'>): string {
  const value = `it is ${describeValue(effective)}`;
  return hasTree ? `${value}, and its Kconfig file does not say why` : value;
}
