import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { ElfFile } from '../kernels/elf.ts';
import { readDynamicParts } from '../kernels/elf-dynamic.ts';
import { type LibraryFile, readLibrary, trustedFolders } from './library-file.ts';
import { LOADER_FOLDERS, readLoaderCache } from './loader-cache.ts';

/** A file of this host that a program needs in the guest. */
export interface SharedFile {
  readonly path: string;
  readonly content: Buffer;
}

export interface Program {
  readonly path: string;
  readonly elf: ElfFile;
  /** Folders of libraries that the user names for it; searched before all others. */
  readonly libraryPath: readonly string[];
}

/** Together, with the program. A guest of the default size has 256 MiB of memory. */
const BYTES_MAX = 512 * 1024 * 1024;
const FILES_MAX = 256;

/**
 * The loader and the libraries that a program of this host needs; none if it is static. They are
 * read, never run (ldd may run them), and come only from folders that are meant for libraries. A
 * library that the loader finds only through the host's settings is put beside libc, where the
 * loader looks anyway. Throws a UsageError that names what is missing or not allowed.
 */
export async function findSharedFiles(program: Program): Promise<SharedFile[]> {
  const { interpreter, needed } = readDynamicParts(program.elf);
  if (interpreter === undefined) return [];
  const cache = needed.length > 0 ? await readLoaderCache() : new Map<string, string[]>();
  const trusted = await trustedFolders(program.path, program.libraryPath, cache);
  let bytesLeft = BYTES_MAX - program.elf.bytes.length;
  const read = async (path: string): Promise<LibraryFile> => {
    const file = await readLibrary(path, trusted, bytesLeft);
    if (file.kind === 'library') bytesLeft -= file.elf.bytes.length;
    return file;
  };
  const loader = await readLoader(interpreter, program.path, read);
  const found = new Map([[basename(interpreter), loader]]);
  const own = foldersOf(await realpath(program.path), program.elf);
  // In the loader's order: all that one file needs, then what those files need.
  const waiting: { readonly path: string; readonly elf: ElfFile }[] = [program];
  for (let user = waiting.shift(); user; user = waiting.shift()) {
    const folders = [...program.libraryPath, ...foldersOf(user.path, user.elf), ...own];
    for (const name of readDynamicParts(user.elf).needed) {
      if (found.has(name)) continue;
      checkName(name, user.path);
      const paths = [
        ...folders.map((folder) => join(folder, name)),
        ...(cache.get(name) ?? []),
        ...LOADER_FOLDERS.map((folder) => join(folder, name)),
      ];
      const library = await readFirst(new Set(paths), { name, user: user.path }, read);
      if (found.size >= FILES_MAX) throw tooMany(program.path);
      found.set(name, library);
      waiting.push(library);
    }
  }
  return placeInGuest(found, interpreter);
}

type Library = Extract<LibraryFile, { readonly kind: 'library' }>;
type Read = (path: string) => Promise<LibraryFile>;

async function readLoader(interpreter: string, program: string, read: Read): Promise<Library> {
  if (!isPlainPath(interpreter) || isOfGuest(interpreter)) throw badLoader(interpreter, program);
  const file = await read(interpreter);
  switch (file.kind) {
    case 'library':
      return file;
    case 'absent':
      throw missing(program, `the loader ${interpreter}`);
    case 'unusable':
      throw missing(program, `the loader ${interpreter}`, [file]);
    case 'outside':
      throw outside(program, file);
  }
}

/** What the loader would take: the first that is a library, but never one from elsewhere. */
async function readFirst(
  paths: ReadonlySet<string>,
  { name, user }: { readonly name: string; readonly user: string },
  read: Read,
): Promise<Library> {
  const passedOver: Unusable[] = [];
  for (const path of paths) {
    const file = await read(path);
    switch (file.kind) {
      case 'library':
        return file;
      case 'absent':
        break;
      case 'unusable':
        passedOver.push(file);
        break;
      case 'outside':
        throw outside(user, file);
    }
  }
  throw missing(user, name, passedOver);
}

/**
 * The search folders that a file names itself. Those of the program apply to all its libraries, too
 * (DT_RPATH). Relative ones start at the agent's working directory in the guest.
 */
function foldersOf(path: string, elf: ElfFile): string[] {
  return readDynamicParts(elf)
    .searchFolders.map((folder) => folder.replace(/\$(ORIGIN|\{ORIGIN\})/g, () => dirname(path)))
    .filter(isAbsolute);
}

/** Each where the loader finds it in a guest. */
function placeInGuest(found: ReadonlyMap<string, Library>, interpreter: string): SharedFile[] {
  const libc = [...found].find(([name]) => /^libc\.(so\.6|musl-)/.test(name))?.[1].path;
  const home = libc && LOADER_FOLDERS.includes(dirname(libc)) ? dirname(libc) : '/lib';
  return [...found].map(([name, { path, elf }]) => {
    const isKept = path === interpreter || LOADER_FOLDERS.includes(dirname(path));
    return { path: isKept ? path : join(home, name), content: elf.bytes };
  });
}

/** Loaders take a name with a slash for a path, so that no folder would be searched. */
function checkName(name: string, user: string): void {
  if (/^[^/\p{Cc}]{1,255}$/u.test(name) && name !== '.' && name !== '..') return;
  const what = JSON.stringify(name.slice(0, 100));
  throw new UsageError(`${user}: needs ${what}, which is not the name of a library`, {
    code: 'BAD_LIBRARY',
    remedy: 'link it by names such as libseccomp.so.2, or statically',
  });
}

function isPlainPath(path: string): boolean {
  return /^(\/(?!\.{1,2}(\/|$))[^/\p{Cc}]+)+$/u.test(path);
}

/** What init mounts over, or what is ours: docs/guest-protocol.md, "What lies in a guest". */
function isOfGuest(path: string): boolean {
  return /^\/(kmx|rootfs|dev|proc|run|sys)\/|^\/init$/.test(path);
}

function badLoader(interpreter: string, program: string): UsageError {
  const what = JSON.stringify(interpreter.slice(0, 100));
  return new UsageError(`${program}: its loader ${what} cannot be put into a guest`, {
    code: 'BAD_LIBRARY',
    remedy: 'link it with a loader such as /lib64/ld-linux-x86-64.so.2, or statically',
  });
}

type Unusable = Extract<LibraryFile, { readonly kind: 'unusable' }>;

function missing(user: string, what: string, passedOver: readonly Unusable[] = []): UsageError {
  const found = passedOver.slice(0, 3).map((file) => `; ${file.path} is ${file.found}`);
  return new UsageError(`${user}: needs ${what}, which this host does not have${found.join('')}`, {
    code: 'NO_LIBRARY',
    remedy:
      'install it here, name its folder in library_path of the agent, ' +
      'or use a statically linked build',
  });
}

function outside(
  user: string,
  { path, realPath }: Extract<LibraryFile, { readonly kind: 'outside' }>,
): UsageError {
  const where = path === realPath ? path : `${path} (${realPath})`;
  return new UsageError(
    `${user}: needs ${where}, which is neither in a folder of the system's libraries nor in the agent's`,
    {
      code: 'LIBRARY_OUTSIDE',
      remedy: `name its folder in library_path of the agent if it is meant: ${dirname(realPath)}`,
    },
  );
}

function tooMany(program: string): UsageError {
  return new UsageError(`${program}: needs more than ${FILES_MAX} libraries`, {
    code: 'BAD_LIBRARY',
    remedy: 'use a statically linked build of the agent',
  });
}
