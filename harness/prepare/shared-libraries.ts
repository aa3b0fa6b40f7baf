import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { UsageError } from '../errors.ts';
import {
  ELF_X86_64,
  ElfFault,
  type ElfFile,
  isElf,
  parseElf,
  readDynamicParts,
} from '../kernels/elf.ts';
import { omitUndefined } from '../omit-undefined.ts';

/** A file of this host that a program needs in the guest. */
export interface SharedFile {
  readonly path: string;
  readonly content: Buffer;
}

/** Where the loaders of glibc and musl look by default, on all distributions. */
const LOADER_FOLDERS = ['/lib', '/usr/lib'].flatMap((folder) => [
  `${folder}/x86_64-linux-gnu`,
  `${folder}64`,
  folder,
]);

/**
 * The loader and the libraries that a program of this host needs; none if it is static. They are
 * read, never run (ldd may run them). A library that the loader finds only through the host's
 * settings is put beside libc, where the loader looks anyway. Throws a UsageError that names what
 * is missing.
 */
export async function findSharedFiles(path: string, program: ElfFile): Promise<SharedFile[]> {
  const { interpreter, needed } = readDynamicParts(program);
  if (interpreter === undefined) return [];
  const loader = await readFile(interpreter).catch((cause: unknown) => {
    throw missing(path, `the loader ${interpreter}`, cause);
  });
  const cache = needed.length > 0 ? await readLoaderCache() : new Map<string, string[]>();
  const found = new Map<string, SharedFile>([
    [basename(interpreter), { path: interpreter, content: loader }],
  ]);
  const own = foldersOf(path, program);
  // In the loader's order: all that one file needs, then what those files need.
  const waiting = [{ path, elf: program }];
  for (let user = waiting.shift(); user; user = waiting.shift()) {
    const folders = [...foldersOf(user.path, user.elf), ...own];
    for (const name of readDynamicParts(user.elf).needed) {
      if (found.has(name)) continue;
      const library = await readFirst([
        ...folders.map((folder) => join(folder, name)),
        ...(cache.get(name) ?? []),
        ...LOADER_FOLDERS.map((folder) => join(folder, name)),
      ]);
      if (!library) throw missing(path, `${name}, which ${basename(user.path)} needs`);
      found.set(name, { path: library.path, content: library.elf.bytes });
      waiting.push(library);
    }
  }
  const libc = [...found].find(([name]) => /^libc\.(so\.6|musl-)/.test(name))?.[1].path;
  const home = libc && LOADER_FOLDERS.includes(dirname(libc)) ? dirname(libc) : '/lib';
  return [...found.entries()].map(([name, file]) => {
    const isKept = file.path === interpreter || LOADER_FOLDERS.includes(dirname(file.path));
    return isKept ? file : { ...file, path: join(home, name) };
  });
}

/**
 * The search folders that a file names itself. Those of the program apply to all its libraries, too
 * (DT_RPATH).
 */
function foldersOf(path: string, elf: ElfFile): string[] {
  return readDynamicParts(elf).searchFolders.map((folder) =>
    folder.replace(/\$(ORIGIN|\{ORIGIN\})/g, dirname(path)),
  );
}

async function readFirst(
  paths: readonly string[],
): Promise<{ readonly path: string; readonly elf: ElfFile } | undefined> {
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => undefined);
    if (!bytes || !isElf(bytes)) continue;
    try {
      const elf = parseElf(bytes);
      if (elf.machine === ELF_X86_64) return { path, elf };
    } catch (error) {
      // The loader, too, skips a file that is not for it, and looks further.
      if (!(error instanceof ElfFault)) throw error;
    }
  }
  return undefined;
}

/** The libraries in glibc's loader cache, by name; empty on a host without one. */
async function readLoaderCache(): Promise<Map<string, string[]>> {
  try {
    const { stdout } = await execa('ldconfig', ['-p'], {
      // Debian keeps it out of the PATH of ordinary users.
      env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' },
      stdin: 'ignore',
    });
    return parseLoaderCache(stdout);
  } catch (error) {
    if (error instanceof ExecaError) return new Map();
    throw error;
  }
}

/** Parses what `ldconfig -p` prints: paths of x86_64 libraries by name, best first. */
export function parseLoaderCache(text: string): Map<string, string[]> {
  const libraries = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, kind, path] = line.match(/^\t(\S+) \(([^)]*)\) => (.+)$/) ?? [];
    if (!name || !path || !kind?.includes('x86-64')) continue;
    libraries.set(name, [...(libraries.get(name) ?? []), path]);
  }
  return libraries;
}

function missing(program: string, what: string, cause?: unknown): UsageError {
  return new UsageError(`${program}: this host does not have ${what}`, {
    code: 'NO_LIBRARY',
    remedy: 'install it here, or use a statically linked build of the agent',
    ...omitUndefined({ cause }),
  });
}
