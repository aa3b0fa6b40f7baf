import type { Definition } from './definitions.ts';
import type { Expression } from './expression.ts';
import type { SymbolType } from './kconfig-tree.ts';
import { SyntaxFault, type TokenReader } from './token-reader.ts';

/** Reads a line below a definition, after its first word. Help texts are read elsewhere. */
type ReadAttribute = (reader: TokenReader, definition: Definition) => void;

const TITLE_LENGTH_MAX = 200;

/** By their first word. */
export const ATTRIBUTES: ReadonlyMap<string, ReadAttribute> = new Map<string, ReadAttribute>([
  ...(['bool', 'tristate', 'string', 'int', 'hex'] as const).map(
    (type) => [type, readType(type)] as const,
  ),
  // Until Linux 4.18.
  ['boolean', readType('bool')],
  ['def_bool', readTypeAndDefault('bool')],
  ['def_tristate', readTypeAndDefault('tristate')],
  ['prompt', readPrompt],
  ['default', readDefault],
  ['depends', readDepends],
  ['select', (reader, { selects }) => selects.push(takeLink(reader))],
  ['imply', (reader, { implies }) => implies.push(takeLink(reader))],
  ['range', readRange],
  ['visible', readVisible],
  ['option', readOption],
  ['modules', readModules],
  ['optional', readOptional],
  // Since Linux 6.18: read from old configurations, and not written.
  ['transitional', (reader) => reader.expectEnd()],
]);

export function takeTitle(reader: TokenReader): string {
  return reader.takeText().text.slice(0, TITLE_LENGTH_MAX);
}

function readType(type: SymbolType): ReadAttribute {
  return (reader, definition) => {
    setType(definition, type);
    if (!reader.isAtEnd) readPrompt(reader, definition);
  };
}

function readTypeAndDefault(type: SymbolType): ReadAttribute {
  return (reader, definition) => {
    setType(definition, type);
    readDefault(reader, definition);
  };
}

function setType(definition: Definition, type: SymbolType): void {
  if (definition.type !== 'unknown' && definition.type !== type) {
    throw new SyntaxFault(`found type ${type} after type ${definition.type}`);
  }
  definition.type = type;
}

function readPrompt(reader: TokenReader, { prompts }: Definition): void {
  const text = takeTitle(reader);
  const visibleIf = reader.takeCondition();
  prompts.push({ text, ...(visibleIf === undefined ? {} : { visibleIf }) });
}

function readDefault(reader: TokenReader, { defaults }: Definition): void {
  const value = reader.takeExpression();
  defaults.push({ value, ...asCondition(reader.takeCondition()) });
}

/** `depends on A if B`, since Linux 7.0, is `A || !B`. */
function readDepends(reader: TokenReader, { dependsOn }: Definition): void {
  if (!reader.takeIf('on')) throw new SyntaxFault('expected "on" after "depends"');
  const expression = reader.takeExpression();
  const condition = reader.takeCondition();
  if (condition === undefined) dependsOn.push(expression);
  else {
    dependsOn.push({ kind: 'or', operands: [expression, { kind: 'not', operand: condition }] });
  }
}

function readRange(reader: TokenReader, { ranges }: Definition): void {
  const low = reader.takeOperand();
  const high = reader.takeOperand();
  ranges.push({ low, high, ...asCondition(reader.takeCondition()) });
}

function readVisible(reader: TokenReader, { visibleIf }: Definition): void {
  const condition = reader.takeCondition();
  if (condition === undefined) throw new SyntaxFault('expected "if" after "visible"');
  visibleIf.push(condition);
}

/** `option modules` is how it was until Linux 5.13; the other options say nothing of what is on. */
function readOption(reader: TokenReader, definition: Definition): void {
  if (reader.takeIf('modules')) definition.isModules = true;
}

function readModules(reader: TokenReader, definition: Definition): void {
  reader.expectEnd();
  definition.isModules = true;
}

function readOptional(reader: TokenReader, definition: Definition): void {
  reader.expectEnd();
  definition.isOptional = true;
}

function takeLink(reader: TokenReader): { symbol: string; condition?: Expression } {
  const symbol = reader.takeSymbol();
  return { symbol, ...asCondition(reader.takeCondition()) };
}

function asCondition(condition: Expression | undefined): { condition?: Expression } {
  return condition === undefined ? {} : { condition };
}
