/** `kmx cache export`, `import` and `key`: the cache as one file, for a CI system to keep. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHIVE_PARTS, type ArchivePart, FORMAT } from '../cache/archive/archive-format.ts';
import { digestContent } from '../cache/archive/digest-content.ts';
import { type Exported, exportCache, type LeftOutItem } from '../cache/archive/export-cache.ts';
import { type ImportedItem, importCache } from '../cache/archive/import-cache.ts';
import { cacheRoot } from '../cache/cache-root.ts';
import { nameOfDigest } from '../cache/digest.ts';
import { UsageError } from '../errors.ts';
import { count } from '../phrases.ts';
import { mergeLastRuns } from '../results/last-runs.ts';
import { readCacheMax } from './bound-cache.ts';
import { parseSize } from './cache.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { formatBytes } from './format-bytes.ts';

const NAME = 'kmx-cache.tar';
const DAY_MS = 24 * 60 * 60 * 1000;

export interface CacheExportOptions {
  /** Names of parts, comma-separated. */
  readonly what?: string;
  readonly maxSize?: string;
  readonly usedWithin?: string;
}

export async function exportCacheTo(place: string, options: CacheExportOptions): Promise<number> {
  const bytesMax = options.maxSize === undefined ? Infinity : parseSize(options.maxSize);
  const usedSince = parseAge(options.usedWithin);
  const parts = parseParts(options.what);
  const file = await archiveIn(place);
  const root = cacheRoot(process.env);
  const exported = await exportCache({ root, file, parts, bytesMax, usedSince });
  process.stdout.write(describeExport(exported, file));
  return EXIT_CODES.good;
}

/** Adds an archive to the cache. Throws a UsageError if there is none. */
export async function importCacheFrom(
  place: string,
  { maxSize }: { readonly maxSize?: string },
): Promise<number> {
  const bytesMax = maxSize === undefined ? readCacheMax(process.env) : parseSize(maxSize);
  const file = await archiveIn(place);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) {
    throw new UsageError(`no archive of the cache: ${file} is not there`, {
      code: 'NO_ARCHIVE',
      remedy: 'name a file that kmx cache export has written, or its folder',
    });
  }
  const root = cacheRoot(process.env);
  const items = await importCache({ root, file, bytesMax, mergeLastRuns });
  process.stdout.write(describeImport(items, root));
  return EXIT_CODES.good;
}

/**
 * Prints a name for what an export would contain: it changes when an entry comes or goes, or a
 * result or another small file has other content, so that a CI system keeps another archive only then.
 */
export async function printCacheKey({ what, usedWithin }: CacheExportOptions): Promise<number> {
  const usedSince = parseAge(usedWithin);
  const digest = await digestContent(cacheRoot(process.env), parseParts(what), usedSince);
  process.stdout.write(`kmx-cache-${FORMAT}-${nameOfDigest(digest).slice(0, 32)}\n`);
  return EXIT_CODES.good;
}

/** A folder stands for the archive in it. */
async function archiveIn(place: string): Promise<string> {
  const isFolder = place.endsWith('/') || (await stat(place).catch(() => undefined))?.isDirectory();
  return isFolder === true ? join(place, NAME) : place;
}

/** Throws a UsageError for a name that is no part. */
export function parseParts(text: string | undefined): readonly ArchivePart[] {
  const all = Object.keys(ARCHIVE_PARTS) as ArchivePart[];
  if (text === undefined) return all.filter((part) => part !== 'L1');
  const named = text.split(',').map((name) => name.trim());
  const wrong = named.find((name) => !(all as readonly string[]).includes(name));
  if (wrong === undefined) return all.filter((part) => named.includes(part));
  throw new UsageError(`--what: expected ${all.join(', ')}, found ${JSON.stringify(wrong)}`, {
    code: 'UNKNOWN_PART',
    remedy: `name one or more, comma-separated: --what ${all.join(',')}`,
  });
}

/** The time before which nothing was used, of `3d`. Throws a UsageError for anything else. */
export function parseAge(text: string | undefined, now = Date.now()): Date | undefined {
  if (text === undefined) return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(now - Number(days) * DAY_MS);
  throw new UsageError(`--used-within: expected days such as 3d, found ${JSON.stringify(text)}`, {
    code: 'BAD_AGE',
    remedy: 'give a number of days with a d',
  });
}

export function describeExport({ bytes, items, leftOut }: Exported, file: string): string {
  const lines = [...sumByKind(items).map((line) => `  ${line}`)];
  const reasons = Map.groupBy(leftOut, ({ why }) => why);
  const left = [...reasons].map(([why, of]) => `left out: ${countKinds(of)}: ${REASONS[why]}`);
  const damaged = leftOut.filter(({ why }) => why === 'damaged');
  const which = damaged.map(({ key, damage = '' }) => `  ${key}: ${damage}`);
  return [`${formatBytes(bytes)} in ${file}`, ...lines, ...left, ...which, ''].join('\n');
}

const REASONS: Record<LeftOutItem['why'], string> = {
  unused: 'not used for as long as --used-within says',
  'no-room': 'no room within --max-size; what is worth most went first',
  damaged: 'damaged, or removed meanwhile',
};

function sumByKind(items: Exported['items']): readonly string[] {
  const kinds = Map.groupBy(items, ({ key }) => kindOf(key));
  return [...kinds.values()].map((of) => {
    const bytes = of.reduce((sum, item) => sum + item.bytes, 0);
    return `${formatBytes(bytes).padStart(8)}  ${countKinds(of)}`;
  });
}

export function describeImport(items: readonly ImportedItem[], root: string): string {
  const of = (arrival: ImportedItem['arrival']) =>
    countKinds(items.filter((item) => item.arrival === arrival));
  return [`added to ${root}: ${of('added')}`, `there already: ${of('there')}`, ''].join('\n');
}

const NOUNS: Readonly<Record<string, string>> = {
  templates: 'saved guest',
  results: 'set of results',
  'kernel-configs': 'configuration of a kernel',
  kernels: 'kernel package',
  pins: 'list of pinned packages',
  'last-runs': 'record of last runs',
};
const PLURALS: Readonly<Record<string, string>> = {
  'last-runs': 'records of last runs',
  results: 'sets of results',
  'kernel-configs': 'configurations of kernels',
};

/** `6 kernel packages, 1 saved guest`, or `nothing`. */
function countKinds(items: readonly { readonly key: string }[]): string {
  const kinds = Map.groupBy(items, ({ key }) => kindOf(key));
  const parts = [...kinds].map(([kind, { length }]) => {
    const plural = PLURALS[kind];
    return length > 1 && plural !== undefined
      ? `${length} ${plural}`
      : count(length, NOUNS[kind] ?? kind);
  });
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function kindOf(key: string): string {
  return key.split('/', 1)[0] ?? '';
}
