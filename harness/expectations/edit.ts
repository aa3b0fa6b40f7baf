/**
 * Applies proposals to the text of a file of expectations and leaves every other character alone.
 * Edits the text by position instead of printing the document anew: a person reads the diff, and
 * comments, quotes and line breaks that others chose are not part of it.
 */
import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import { type Place, readDocument } from '../matrix/document.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { Proposal } from './propose.ts';

/** The fields that every new expectation gets. */
export interface Remark {
  readonly reason: string;
  readonly link?: string;
  readonly since: string;
  readonly expires: string;
  readonly owner?: string;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const HEADER = `# yaml-language-server: $schema=docs/expectations.schema.json
#
# Known failures: a run is good exactly when these come, and nothing else. See docs/expectations.md.
`;

/**
 * @param text A faultless file, or an empty text if there is no file yet.
 * @param remark Needed if something is added.
 * @returns The new text, and sentences on what has to be done by hand.
 */
export function editExpectations(
  text: string,
  proposals: readonly Proposal[],
  remark: Remark | undefined,
): { readonly text: string; readonly byHand: readonly string[] } {
  const { root } = readDocument(text);
  const list = root.children.get('expectations');
  const items = [...(list?.children.values() ?? [])];
  const byHand: string[] = [];
  const splices = proposals.flatMap((proposal): readonly Splice[] => {
    if (proposal.kind === 'add') return [];
    const item = items.find(({ span }) => lineOf(text, span.start) === proposal.line);
    if (item === undefined) throw new Error(`Expected an item at line ${proposal.line}`);
    const found = spliceItem(text, item, proposal);
    if (found === undefined) byHand.push(`line ${proposal.line}: change its one-line form by hand`);
    return found ?? [];
  });
  const added = proposals.filter((proposal) => proposal.kind === 'add');
  const isWhole = (item: Place): boolean =>
    isOwnLine(text, item) &&
    proposals.some(
      (proposal) => proposal.kind === 'delete' && proposal.line === lineOf(text, item.span.start),
    );
  const deleted = items.filter(isWhole);
  if (
    list?.key !== undefined &&
    items.length > 0 &&
    deleted.length === items.length &&
    added.length === 0
  ) {
    const at = list.key.end + ':'.length;
    splices.push({ start: at, end: at, text: ' []' });
  }
  if (added.length > 0) {
    if (remark === undefined) throw new Error('Expected a reason for what is added');
    const indent = items[0] === undefined ? 2 : columnOf(text, items[0].span.start) - 2;
    const rendered = added.map((proposal) => renderItem(proposal, remark, indent)).join('\n');
    const appended = appendItems(text, list, items, rendered);
    if (appended === undefined) byHand.push('the list is on one line: add to it by hand');
    else splices.push(appended);
  }
  return { text: applySplices(text === '' ? HEADER : text, splices), byHand };
}

function applySplices(text: string, splices: readonly Splice[]): string {
  const fromEnd = splices.toSorted((one, other) => other.start - one.start);
  return fromEnd.reduce(
    (done, { start, end, text: part }) => done.slice(0, start) + part + done.slice(end),
    text,
  );
}

/** Undefined if the item is written in a form that cannot be edited line by line. */
function spliceItem(
  text: string,
  item: Place,
  proposal: Exclude<Proposal, { kind: 'add' }>,
): readonly Splice[] | undefined {
  switch (proposal.kind) {
    case 'delete':
      return isOwnLine(text, item) ? [spliceLines(text, item)] : undefined;
    case 'narrow':
      return spliceNarrower(text, item, proposal.without);
    case 'change':
      return spliceChange(text, item, proposal);
  }
}

function spliceNarrower(
  text: string,
  item: Place,
  patterns: readonly string[],
): readonly Splice[] | undefined {
  const entries = [...(item.children.get('tests')?.children.values() ?? [])];
  const without = entries.filter(({ value }) => patterns.includes(String(value)));
  const isBlock =
    without.length === patterns.length && without.every((entry) => isOwnLine(text, entry));
  return isBlock ? without.map((entry) => spliceLines(text, entry)) : undefined;
}

function spliceChange(
  text: string,
  item: Place,
  { outcome, signatures, title }: Extract<Proposal, { kind: 'change' }>,
): readonly Splice[] | undefined {
  const [only, ...others] = signatures;
  const values = {
    outcome,
    signature: others.length === 0 ? only : `[${signatures.join(', ')}]`,
    title: JSON.stringify(title),
  };
  const splices = Object.entries(values).flatMap(([key, value]): readonly Splice[] => {
    const place = item.children.get(key);
    if (place === undefined || value === undefined) return [];
    const { start, end } = place.span;
    // The line break after a list of several lines is not part of the value.
    const old = text.slice(start, end).trimEnd();
    return [{ start, end: start + old.length, text: value }];
  });
  // An expected `fail` may have no signature yet.
  const hasPlace = item.children.has('signature') || only === undefined;
  return hasPlace ? splices : undefined;
}

/** Whether only a dash precedes it on its line. */
function isOwnLine(text: string, { span }: Place): boolean {
  return /^ *- +$/.test(text.slice(lineStart(text, span.start), span.start));
}

function spliceLines(text: string, { span }: Place): Splice {
  const end = text.indexOf('\n', Math.max(span.start, span.end - 1));
  return {
    start: lineStart(text, span.start),
    end: end === -1 ? text.length : end + 1,
    text: '',
  };
}

function appendItems(
  text: string,
  list: Place | undefined,
  items: readonly Place[],
  rendered: string,
): Splice | undefined {
  const last = items.at(-1);
  if (last !== undefined && !isOwnLine(text, last)) return undefined;
  if (last !== undefined) {
    const { end } = spliceLines(text, last);
    const isEnded = text.slice(0, end).endsWith('\n');
    return { start: end, end, text: `${isEnded ? '' : '\n'}${rendered}` };
  }
  // `expectations: []`, or without a value.
  if (list !== undefined) return { ...list.span, text: `\n${rendered.trimEnd()}` };
  const at = text === '' ? HEADER.length : text.length;
  return { start: at, end: at, text: `expectations:\n${rendered}` };
}

function renderItem(
  { where, tests, outcome, signatures, title }: Extract<Proposal, { kind: 'add' }>,
  { reason, link, since, expires, owner }: Remark,
  indent: number,
): string {
  const oneOrMore = (words: readonly string[] = []): string | readonly string[] =>
    words.length === 1 ? (words[0] ?? '') : words;
  const axes = Object.entries(where).map(([axis, words]) => [axis, oneOrMore(words)]);
  const item = omitUndefined({
    where: Object.fromEntries(axes),
    tests: oneOrMore(tests),
    outcome,
    signature: signatures.length === 0 ? undefined : oneOrMore(signatures),
    title,
    reason,
    link,
    since,
    expires,
    owner,
  });
  const document = new Document([item]);
  visit(document, {
    Pair: (_key, { key, value }) => {
      const isShort = isScalar(key) && (key.value === 'where' || key.value === 'signature');
      if (isShort && (isMap(value) || isSeq(value))) value.flow = true;
    },
    Seq: (_key, node, path) => {
      if (path.some((parent) => isMap(parent) && parent.flow)) node.flow = isSeq(node);
    },
  });
  const lines = document
    .toString({ lineWidth: 0, flowCollectionPadding: false })
    .trimEnd()
    .split('\n');
  return lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('');
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}
