/** The words for a fault that zod found: one function for each kind of issue. */
import type { z } from 'zod';
import { unquotedFault } from './document.ts';
import { type Fault, listWords, quote } from './problem.ts';
import { suggestName } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The part of the JSON Schema for one path: what may stand there, and why. */
export type SchemaNode = z.core.JSONSchema.BaseSchema;

const FILE = 'the file';
const TEXT = 'a text';

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: TEXT,
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
};

export function unknownKey(key: string, path: Path, node: SchemaNode): Fault {
  const known = Object.keys(node.properties ?? {});
  const message = `unknown key ${quote(key)} in ${labelOf(path)}`;
  return withSuggestion({ code: 'UNKNOWN_KEY', message, expected: listWords(known) }, key, known);
}

export function missingKey(path: Path, node: SchemaNode): Fault {
  const key = String(path.at(-1));
  const message = `${labelOf(path.slice(0, -1))} needs the key ${quote(key)}`;
  return { code: 'MISSING_KEY', message, expected: `${key}: ${node.description}` };
}

export function faultOfValue(
  issue: Issue,
  value: unknown,
  source: string,
  node: SchemaNode,
): Fault {
  const label = labelOf(issue.path);
  const found = describeValue(value, source);
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return faultOfType(expectedTypes(issue, node), label, value, source);
    case 'invalid_value': {
      const words = issue.values.filter((word) => typeof word === 'string');
      const message = `${label} has an unknown value`;
      const fault = { code: 'WRONG_VALUE', message, expected: listWords(words), found } as const;
      return withSuggestion(fault, source, words);
    }
    case 'too_small':
    case 'too_big': {
      if (typeof value !== 'number') {
        return { code: 'EMPTY', message: `${label} is empty`, expected: 'one entry or more' };
      }
      const expected = `${node.minimum} to ${node.maximum}`;
      return { code: 'OUT_OF_RANGE', message: `${label} is out of range`, expected, found };
    }
    default: {
      const message = `${label} has the wrong form`;
      return { code: 'WRONG_VALUE', message, expected: issue.message, found };
    }
  }
}

function faultOfType(
  types: readonly string[],
  label: string,
  value: unknown,
  source: string,
): Fault {
  const expected = listWords(types);
  if (value === null) {
    const isFile = label === FILE;
    const message = isFile ? `${label} is empty` : `${label} has no value`;
    return { code: 'EMPTY', message, expected };
  }
  if (typeof value === 'number' && types.includes(TEXT)) return unquotedFault(source, value);
  const found =
    typeof value === 'string' ? `the text ${quote(value)}` : describeValue(value, source);
  return { code: 'WRONG_TYPE', message: `${label} has the wrong type`, expected, found };
}

function withSuggestion(fault: Fault, word: string, known: readonly string[]): Fault {
  const suggestion = suggestName(word, known);
  return suggestion === undefined ? fault : { ...fault, suggestion };
}

function expectedTypes(issue: Issue, node: SchemaNode): readonly string[] {
  if (issue.code === 'invalid_union') {
    return issue.errors.flat().flatMap((inner) => expectedTypes(inner, node));
  }
  if (issue.code !== 'invalid_type') return [];
  const type = node.type === 'integer' ? 'int' : issue.expected;
  return [TYPE_WORDS[type] ?? type];
}

function describeValue(value: unknown, source: string): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? quote(value) : `the ${typeof value} ${source}`;
}

/** A path without its indexes: which entry of a list it is shows in the position. */
function labelOf(path: Path): string {
  const keys = path.filter((key) => typeof key !== 'number').map(String);
  if (keys.length === 0) return FILE;
  return `${typeof path.at(-1) === 'number' ? 'an entry of ' : ''}${keys.join('.')}`;
}
