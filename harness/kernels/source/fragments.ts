/** Requests for a configuration, from the files and lists that a matrix names. */
import { existsSync, readdirSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../errors.ts';
import {
  type Fragment,
  type FragmentProblem,
  parseFragment,
} from '../../kconfig/fragments/parse-fragment.ts';
import type { Request } from '../../kconfig/fragments/request.ts';
import type { KconfigRequest } from '../../matrix/matrix.ts';
import { suggestName } from '../../matrix/suggest.ts';
import { count } from '../../phrases.ts';
import { toLine } from '../../text.ts';
import { readRegularFile } from '../read-regular-file.ts';

/** The fragments that come with kmx. */
const OWN_FRAGMENTS = fileURLToPath(new URL('../../../guest/kconfig/', import.meta.url));
const OWN_SUFFIX = '.config';

/** Debian's whole configurations have 300 KiB. */
const FRAGMENT_BYTES_MAX = 4 * 1024 * 1024;

/** Names of the fragments that come with kmx: `debug`. */
export function listOwnFragments(): readonly string[] {
  const files = readdirSync(OWN_FRAGMENTS).filter((file) => file.endsWith(OWN_SUFFIX));
  return files.map((file) => file.slice(0, -OWN_SUFFIX.length)).toSorted();
}

export function ownFragment(name: string): string {
  return join(OWN_FRAGMENTS, `${name}${OWN_SUFFIX}`);
}

/** Names have neither; `./debug` is a file. */
export function isFragmentPath(fragment: string): boolean {
  return /[/.]/.test(fragment);
}

/**
 * Lists of requests in their order: one for each fragment, then the symbols. Throws a UsageError that
 * lists all lines that cannot be understood.
 */
export async function readRequests(
  request: KconfigRequest,
): Promise<readonly (readonly Request[])[]> {
  const files = await Promise.all(request.fragments.map(findFiles));
  const read = await Promise.all(files.flat().map(readFragment));
  const problems = read.flatMap((fragment) => fragment.problems);
  const problemCount = read.reduce((sum, fragment) => sum + fragment.problemCount, 0);
  if (problemCount > 0) throw badLines(problems, problemCount);
  const symbols = Object.entries(request.symbols).map(
    ([symbol, value]): Request => ({ symbol, value, file: 'symbols' }),
  );
  return [...read.map(({ requests }) => requests), symbols];
}

interface FragmentFile {
  readonly path: string;
  /** As the user knows it. */
  readonly shown: string;
  readonly isInFolder: boolean;
}

async function readFragment({ path, shown, isInFolder }: FragmentFile): Promise<Fragment> {
  const text = await readText(path, shown);
  return isInFolder && isForOthers(text) ? NOTHING : parseFragment(text, shown);
}

const NOTHING: Fragment = { requests: [], problems: [], problemCount: 0 };

/**
 * Kata's fragments are for all processors except those that a comment names with an exclamation mark:
 * `# !x86_64 !s390x`.
 */
function isForOthers(text: string): boolean {
  return /^#.*!x86_64\b/m.test(text);
}

async function findFiles(fragment: string): Promise<readonly FragmentFile[]> {
  if (!isFragmentPath(fragment)) {
    if (!listOwnFragments().includes(fragment)) throw noSuchName(fragment);
    return [{ path: ownFragment(fragment), shown: fragment, isInFolder: false }];
  }
  const path = resolve(fragment);
  const stats = await stat(path).catch((error: unknown) => {
    throw unreadable(fragment, error);
  });
  if (!stats.isDirectory()) return [{ path, shown: fragment, isInFolder: false }];
  const names = await readdir(path).catch((error: unknown) => {
    throw unreadable(fragment, error);
  });
  const found = names.filter((name) => /\.(?:conf|config)$/.test(name)).toSorted();
  if (found.length === 0) throw noFragments(fragment, names);
  return found.map((name) => ({
    path: join(path, name),
    shown: join(fragment, name),
    isInFolder: true,
  }));
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    return (await readRegularFile(path, { bytesMax: FRAGMENT_BYTES_MAX })).toString();
  } catch (error) {
    throw unreadable(shown, error);
  }
}

/** Symbols that fragments of kmx ask for and versions of Linux may lack. */
export async function ownMayBeAbsent({ fragments }: KconfigRequest): Promise<ReadonlySet<string>> {
  const files = fragments
    .filter((fragment) => !isFragmentPath(fragment))
    .map((name) => join(OWN_FRAGMENTS, `${name}.may-be-absent`))
    .filter((file) => existsSync(file));
  const symbols = await Promise.all(files.map(readMayBeAbsent));
  return new Set(symbols.flatMap((each) => [...each]));
}

/**
 * The symbols in a file like Kata's `whitelist.conf`: one per line, with or without `CONFIG_`. Throws a
 * UsageError for a file that cannot be read or has other lines.
 */
export async function readMayBeAbsent(file: string): Promise<ReadonlySet<string>> {
  const symbols = new Set<string>();
  const text = await readText(resolve(file), file);
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    const symbol = /^(?:CONFIG_)?(\w{1,128})$/.exec(line)?.[1];
    if (symbol === undefined) {
      throw new UsageError(
        `${file}:${index + 1}: expected a symbol that may be absent, as CONFIG_X; found ${toLine(line)}`,
        { code: 'BAD_FRAGMENT', remedy: 'write one symbol per line; # begins a comment' },
      );
    }
    symbols.add(symbol);
  }
  return symbols;
}

function noSuchName(name: string): UsageError {
  const known = listOwnFragments();
  const near = suggestName(name, known);
  const question = near === undefined ? '' : `did you mean ${near}? `;
  return new UsageError(`there is no fragment ${toLine(name)}`, {
    code: 'NO_FRAGMENT',
    remedy: `${question}kmx comes with ${known.join(', ')}; a path has a slash or a dot: ./${toLine(name)}`,
  });
}

function noFragments(folder: string, names: readonly string[]): UsageError {
  const found = names.length === 0 ? 'nothing' : toLine(names.toSorted().join(', '));
  return new UsageError(`${folder}: expected fragments (*.conf, *.config); found ${found}`, {
    code: 'NO_FRAGMENT',
    remedy: 'name the folder that has them itself: folders in it are not searched',
  });
}

function unreadable(shown: string, error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  const found = code === 'ENOENT' ? 'no such file' : toLine(message);
  return new UsageError(`${shown}: expected a fragment of a configuration; found ${found}`, {
    code: 'NO_FRAGMENT',
    remedy: 'name a text file with lines like CONFIG_PSI=y, or a folder of such files',
    cause: error,
  });
}

const SHOWN_PROBLEMS = 20;

function badLines(problems: readonly FragmentProblem[], total: number): UsageError {
  const shown = problems
    .slice(0, SHOWN_PROBLEMS)
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const more = total - shown.length;
  return new UsageError(`${count(total, 'line')} of fragments cannot be understood`, {
    code: 'BAD_FRAGMENT',
    remedy: 'write CONFIG_X=y, CONFIG_X="text", or # CONFIG_X is not set',
    output: [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'),
  });
}
