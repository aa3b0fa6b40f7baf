import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { type Fault, type Problem, quote } from './problem.ts';

/** A range of offsets into the text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One value of the document, and its place in the text. */
export interface Place {
  readonly value: unknown;
  readonly span: Span;
  /** The span of its key, for a value in a mapping. */
  readonly key?: Span;
  /** A scalar as it was written, without quotes. */
  readonly source?: string;
  /** By key or index, in the order of the text. */
  readonly children: ReadonlyMap<string | number, Place>;
  /**
   * The value could not be read: that is reported already, and further problems would only follow
   * from it.
   */
  readonly isBroken: boolean;
}

/** A YAML text as plain values, each with its place. */
export interface SourceDocument {
  readonly root: Place;
  /** Faults of the YAML itself. */
  readonly problems: readonly Problem[];
  /** Where the text stops being YAML, if it does: values from there on are guesses. */
  readonly brokenFrom: number | undefined;
}

const YAML_TAGS = 'tag:yaml.org,2002:';

/** Deeper than any matrix; bounds the recursion over hostile files. */
const DEEPEST = 16;

const NESTED_TOO_DEEPLY = 'nested too deeply';
const NOT_CLOSED = 'a "{" or "[" before this is not closed, or goes on with less indentation';

/** yaml's own messages for these can only be understood with its specification. */
const PLAIN_WORDS: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " in one line: quote the text, or begin a new line',
  MULTIPLE_DOCS: 'a second document begins: the file must be one, without "---" in its middle',
  TAB_AS_INDENT: 'a tab as indentation: YAML allows spaces only',
  RESOURCE_EXHAUSTION: NESTED_TOO_DEEPLY,
};

/**
 * Reads a YAML 1.2 text. Never throws: whatever is wrong is in `problems`. Aliases and tags are
 * refused, so that every value is in exactly one place and is what it looks like.
 */
export function readDocument(text: string): SourceDocument {
  const document = parseDocument(text, {
    schema: 'core',
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
  });
  const problems = syntaxProblems(document, text.length);
  const brokenFrom = problems[0]?.start;
  const root = readNode(problems, document.contents, { start: 0, end: 0 }, 0);
  return { root, problems, brokenFrom };
}

/** The place at a path, or the deepest one on the way if there is none. */
export function findPlace(
  root: Place,
  path: readonly PropertyKey[],
): { readonly place: Place; readonly isMissing: boolean; readonly isBroken: boolean } {
  let place = root;
  for (const key of path) {
    const child = place.children.get(typeof key === 'symbol' ? '' : key);
    if (child === undefined) return { place, isMissing: true, isBroken: place.isBroken };
    place = child;
  }
  return { place, isMissing: false, isBroken: place.isBroken };
}

/** What to point at: never an empty range if there is a key to point at instead. */
export function spanOf({ key, span }: Place, part: 'key' | 'value'): Span {
  return part === 'key' || span.start === span.end ? (key ?? span) : span;
}

function syntaxProblems(document: Document.Parsed, textLength: number): Problem[] {
  const problems = document.errors
    .map(({ code, message, pos: [start, end] }): Problem => {
      const words = message.startsWith('Flow ') ? NOT_CLOSED : (PLAIN_WORDS[code] ?? message);
      return {
        code: 'SYNTAX',
        message: `not YAML: ${words}`,
        start: Math.min(start, textLength),
        end: Math.min(end, textLength),
      };
    })
    .sort((one, other) => one.start - other.start);
  return problems.filter(({ start }, index) => start !== problems[index - 1]?.start);
}

function readNode(problems: Problem[], node: Node | null, empty: Span, depth: number): Place {
  const span = node?.range ? { start: node.range[0], end: node.range[1] } : empty;
  const place = { value: null, span, children: new Map<string | number, Place>(), isBroken: false };
  const fault = faultOf(node, depth);
  if (fault !== undefined) {
    problems.push({ ...fault, ...span });
    return { ...place, isBroken: true };
  }
  if (isMap<Node, Node | null>(node)) {
    const children = readMapping(problems, node, depth);
    const entries = [...children].map(([key, { value }]) => [key, value]);
    return { ...place, children, value: Object.fromEntries(entries) };
  }
  if (isSeq<Node | null>(node)) {
    const items = node.items.map((item) => readNode(problems, item, span, depth + 1));
    return { ...place, children: new Map(items.entries()), value: items.map(({ value }) => value) };
  }
  return isScalar(node) ? { ...place, value: node.value, source: node.source ?? '' } : place;
}

function faultOf(node: Node | null, depth: number): Fault | undefined {
  if (isAlias(node)) {
    const message = `${quote(`*${node.source}`)} is an alias: write the value out`;
    return { code: 'ALIAS', message, expected: 'a file without aliases' };
  }
  const { tag } = (node ?? {}) as { tag?: string };
  if (tag !== undefined) {
    const name = quote(tag.replace(YAML_TAGS, '!!'));
    const message = `the value has the tag ${name}: quote a text instead`;
    return { code: 'TAG', message, expected: 'a file without tags' };
  }
  return depth > DEEPEST ? { code: 'SYNTAX', message: NESTED_TOO_DEEPLY } : undefined;
}

function readMapping(
  problems: Problem[],
  mapping: YAMLMap<Node, Node | null>,
  depth: number,
): ReadonlyMap<string, Place> {
  const children = new Map<string, Place>();
  for (const { key, value } of mapping.items) {
    const [start, end] = key.range ?? [0, 0];
    const name = readKey(problems, key, { start, end });
    if (name === undefined) continue;
    const place = readNode(problems, value, { start: end, end }, depth + 1);
    const first = children.get(name)?.key;
    if (first === undefined) children.set(name, { ...place, key: { start, end } });
    else {
      const message = `duplicate key ${quote(name)}`;
      problems.push({ code: 'DUPLICATE_KEY', message, start, end, earlier: first.start });
    }
  }
  return children;
}

function readKey(problems: Problem[], key: Node, span: Span): string | undefined {
  const value = isScalar(key) && key.tag === undefined ? key.value : undefined;
  const source = (isScalar(key) && key.source) || '';
  if (typeof value === 'string' && value !== '__proto__') return value;
  if (typeof value === 'number') {
    problems.push({ ...unquotedFault(source, value), ...span });
    return source;
  }
  const found = source === '' ? 'no text' : quote(source);
  problems.push({ code: 'KEY', message: 'a key must be a plain text', ...span, found });
  return undefined;
}

/** A number where a text is expected: mostly a version, whose trailing zero YAML drops. */
export function unquotedFault(source: string, value: number): Fault {
  return {
    code: 'UNQUOTED',
    message: `${source} without quotes is the number ${value}, not a text`,
    expected: 'a text in quotes',
    found: `the number ${value}`,
    suggestion: source,
  };
}
