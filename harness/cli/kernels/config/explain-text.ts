import { explainAbsence, type SymbolHistory } from '../../../kconfig/fragments/symbol-history.ts';
import { renderFirst } from '../../../phrases.ts';
import type { Colors } from '../../../reporters/paint.ts';
import { renderTable } from '../../../reporters/table.ts';
import { toLine } from '../../../text.ts';
import { wrapWords } from '../../wrap-words.ts';
import type { Condition, SymbolDefinition } from './describe-symbol.ts';
import { NOT_FETCHED } from './why-not-at-hand.ts';

export interface ExplainedSymbol {
  readonly symbol: string;
  readonly kernels: readonly KernelValue[];
  readonly definition?: SymbolDefinition;
  /** Why there is no definition, for people. */
  readonly noTree?: string;
}

/** `y`, `not set`, `–`; or why it is not known. */
export type KernelValue =
  | { readonly name: string; readonly release: string; readonly value: string }
  | { readonly name: string; readonly why: string };

interface TextOptions {
  readonly colors: Colors;
  readonly width: number;
}

const INDENT = '  ';
/** Of a list; `--json` has them all. */
const NAMES_MAX = 24;
const LINES_MAX = 8;
const TEXT_MAX = 400;
const LIST_MAX = 2000;
const WIDTH_MAX = 100;

export function renderExplained(explained: ExplainedSymbol, options: TextOptions): string {
  const { symbol, kernels, definition, noTree } = explained;
  const { colors } = options;
  const prompt = definition?.found?.prompts[0];
  const title = prompt === undefined ? '' : `: ${toLine(prompt.replace(/^"|"$/g, ''))}`;
  const blocks = [
    [colors.bold(`CONFIG_${symbol}${title}`), ...renderHead(definition, options)],
    renderKernels(kernels, colors),
    ...(definition?.found === undefined
      ? []
      : renderDefinition(definition.found, definition, options)),
    noTree === undefined ? [] : renderNoTree(noTree, options),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function renderHead(
  definition: SymbolDefinition | undefined,
  { width }: TextOptions,
): readonly string[] {
  if (definition === undefined) return [];
  const { found, origin, version, history } = definition;
  const since = history === undefined ? [] : [`${INDENT}${describeHistory(history)}`];
  if (found === undefined) {
    const why = history && explainAbsence(history, version);
    const lines = [`${toLine(origin)} does not have it${why === 'not-yet' ? ' yet' : ''}`];
    return [...wrap(lines.join(''), width), ...since];
  }
  const where = [
    found.type,
    ...(found.menus.length === 0 ? [] : [`in ${found.menus.join(' › ')}`]),
  ];
  const places = renderFirst(found.places, 3).join(', ');
  return [
    ...wrap(
      `${where.map((one) => toLine(one)).join(', ')}; ${toLine(places)} of ${toLine(origin)}`,
      width,
    ),
    ...since,
  ];
}

/** `came with Linux 6.12 (split from CPUSETS)`. */
function describeHistory({ since, until, note }: SymbolHistory): string {
  const parts = [
    ...(since === undefined ? [] : [`came with Linux ${since}`]),
    ...(until === undefined ? [] : [`was removed in Linux ${until}`]),
  ];
  return `${parts.join(', ')}${note === undefined ? '' : ` (${note})`}`;
}

function renderKernels(kernels: readonly KernelValue[], colors: Colors): readonly string[] {
  if (kernels.length === 0) return [];
  const known = kernels.flatMap((one) =>
    'value' in one
      ? [[`${INDENT}${one.name}`, toLine(one.value, 80), colors.dim(one.release)]]
      : [],
  );
  const missing = kernels.flatMap((one) => {
    if (!('why' in one)) return [];
    const remedy = one.why === NOT_FETCHED ? `; kmx kernels fetch ${one.name}` : '';
    return [`${INDENT}${one.name}: ${toLine(one.why, TEXT_MAX)}${remedy}`];
  });
  return [
    ...(known.length === 0 ? [] : [colors.bold('In kernels'), ...renderTable(known)]),
    ...(missing.length === 0 ? [] : [colors.bold('Not at hand'), ...missing]),
  ];
}

function renderDefinition(
  found: NonNullable<SymbolDefinition['found']>,
  { valuesOf }: SymbolDefinition,
  options: TextOptions,
): readonly (readonly string[])[] {
  const { colors } = options;
  const list = (title: string, lines: readonly string[]) => renderLines(title, lines, options);
  const names = (title: string, all: readonly string[]) => renderNames(title, all, options);
  const whose = valuesOf === undefined ? '' : ` (values of ${valuesOf})`;
  const help = found.help
    ?.split('\n')
    .map((line) => `${INDENT}${toLine(line, TEXT_MAX)}`.trimEnd());
  return [
    found.prompts.length === 0
      ? ['It has no prompt: only its defaults and other symbols set it.']
      : list(
          'Can be set as',
          found.prompts.filter((prompt) => prompt.includes('" if ')),
        ),
    found.dependsOn.length === 0
      ? []
      : [colors.bold(`Depends on${whose}`), ...renderConditions(found.dependsOn)],
    list('Is by default', found.defaults),
    list('May be', found.ranges),
    found.choice === undefined
      ? []
      : names(`One of the choice "${toLine(found.choice.title)}"`, found.choice.members),
    names('Selects', found.selects),
    names('Implies', found.implies),
    names('Is selected by', found.selectedBy),
    names('Is needed by', found.neededBy),
    help === undefined ? [] : [colors.bold('Help'), ...help],
  ];
}

/** One below the other. */
function renderLines(
  title: string,
  lines: readonly string[],
  { colors, width }: TextOptions,
): readonly string[] {
  if (lines.length === 0) return [];
  const shown = renderFirst(lines, LINES_MAX);
  return [colors.bold(title), ...shown.flatMap((line) => wrap(toLine(line, TEXT_MAX), width))];
}

/** In one paragraph. */
function renderNames(
  title: string,
  names: readonly string[],
  { colors, width }: TextOptions,
): readonly string[] {
  if (names.length === 0) return [];
  const shown = renderFirst(names, NAMES_MAX).join(', ');
  return [colors.bold(title), ...wrap(toLine(shown, LIST_MAX), width)];
}

function renderConditions(conditions: readonly Condition[]): readonly string[] {
  return renderTable(
    conditions.map(({ text, values }) => [
      `${INDENT}${toLine(text, TEXT_MAX)}`,
      toLine(values.join(', '), TEXT_MAX),
    ]),
  );
}

function renderNoTree(why: string, { width }: TextOptions): readonly string[] {
  return wrap(
    `What it depends on is in the sources of a kernel, which are not at hand (${why}): fetch them with kmx kernels fetch, or name a folder with --tree.`,
    width,
    '',
  );
}

function wrap(text: string, width: number, indent = INDENT): readonly string[] {
  return wrapWords(text, Math.min(width, WIDTH_MAX) - indent.length).map(
    (line) => `${indent}${line}`,
  );
}
