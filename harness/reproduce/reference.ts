/** What is to be reproduced, as a user names it. */
import { UsageError } from '../errors.ts';
import { BUNDLE_SUFFIX, FORMS } from './forms.ts';
import { type PagePlace, parsePagePlace } from './page-place.ts';

export type Reference =
  /** A file that has everything in it. */
  | { readonly kind: 'bundle'; readonly file: string }
  /** A place on a page. */
  | {
      readonly kind: 'place';
      readonly place: PagePlace;
      /** The run that the page is of; absent: it is not on this host, or only the fragment is known. */
      readonly run?: string;
    }
  /** The name of an expectation, or a word for cells. */
  | { readonly kind: 'name'; readonly name: string }
  /** Words that a cell's id has, and words for a test. */
  | {
      readonly kind: 'words';
      readonly cells: readonly string[];
      readonly test?: string;
      readonly run?: string;
    };

export interface ReferenceOptions {
  /** Whether a word names a run that is on this host: an id, `latest`, a folder, a file in it. */
  readonly isRun: (word: string) => boolean;
}

/** A page by its name, or by any URL. */
const LINK = /^(?:[a-z][a-z+.-]*:\/\/[^#]*|[^#]*\.html?)?#/i;
const ANY_URL = /^[a-z][a-z+.-]*:\/\//i;

/** @throws UsageError if the words are none of these */
export function parseReference(words: readonly string[], options: ReferenceOptions): Reference {
  const [first, ...rest] = words.map((word) => word.trim()).filter((word) => word !== '');
  if (first === undefined) throw unclear('nothing was named');
  if (first.endsWith(BUNDLE_SUFFIX)) return alone({ kind: 'bundle', file: first }, rest);
  if (LINK.test(first)) return alone(parseLink(first), rest);
  if (ANY_URL.test(first)) throw unclear(`${JSON.stringify(first)} has no place behind a #`);
  if (!options.isRun(first)) return parseWords([first, ...rest]);
  const [next] = rest;
  if (next !== undefined && LINK.test(next)) {
    const { place } = parseLink(next);
    return alone({ kind: 'place', place, run: first }, rest.slice(1));
  }
  const { cells, test } = splitWords(rest);
  return { kind: 'words', cells, run: first, ...(test === undefined ? {} : { test }) };
}

function parseLink(link: string): Extract<Reference, { readonly kind: 'place' }> {
  const at = link.indexOf('#');
  const page = link.slice(0, at);
  const place = parsePagePlace(link.slice(at));
  const run = pathOfPage(page);
  return { kind: 'place', place, ...(run === undefined ? {} : { run }) };
}

/** Undefined for a page that is not a file of this host. */
function pathOfPage(page: string): string | undefined {
  if (page === '') return undefined;
  if (!ANY_URL.test(page)) return page;
  const path = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(page)?.[1];
  if (path === undefined) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    throw unclear(`the address ${JSON.stringify(page)} is damaged: one of its escapes is broken`);
  }
}

function parseWords(words: readonly string[]): Reference {
  const { cells, test } = splitWords(words);
  const [only, ...others] = cells;
  if (test === undefined && only !== undefined && others.length === 0) {
    return { kind: 'name', name: only };
  }
  return { kind: 'words', cells, ...(test === undefined ? {} : { test }) };
}

interface SplitWords {
  readonly cells: readonly string[];
  readonly test?: string;
}

/** Behind the first colon are words for a test, as in `--only`; `::` is the same. */
function splitWords(words: readonly string[]): SplitWords {
  const text = words.join(' ');
  const at = text.indexOf(':');
  const cells = (at === -1 ? text : text.slice(0, at)).split(/\s+/).filter((word) => word !== '');
  if (at === -1) return { cells };
  const test = text
    .slice(at)
    .split(/\s+/)
    .map((word) => word.replace(/^:+/, ''))
    .filter((word) => word !== '')
    .join(' ');
  return test === '' ? { cells } : { cells, test };
}

function alone<T extends Reference>(reference: T, rest: readonly string[]): T {
  const [other] = rest;
  if (other === undefined) return reference;
  throw unclear(`${JSON.stringify(other)} says nothing beside a link or a bundle`);
}

function unclear(what: string): UsageError {
  return new UsageError(`what is to be reproduced is not clear: ${what}`, {
    code: 'REFERENCE_UNCLEAR',
    remedy: `name one of: ${FORMS.join('; ')}`,
  });
}
