import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  ELF_LIBRARY,
  ELF_X86_64,
  ElfFault,
  type ElfFile,
  isElf,
  parseElf,
} from '../kernels/elf.ts';
import { FileFault, readRegularFile } from '../kernels/read-regular-file.ts';
import { LOADER_FOLDERS, type LoaderCache } from './loader-cache.ts';

/** What lies at a path where a loader would look for a library. */
export type LibraryFile =
  | { readonly kind: 'library'; readonly path: string; readonly elf: ElfFile }
  | { readonly kind: 'absent' }
  /** A loader would pass over it, too. `found` is a noun phrase. */
  | { readonly kind: 'unusable'; readonly path: string; readonly found: string }
  /** Outside of the folders that libraries may come from. */
  | { readonly kind: 'outside'; readonly path: string; readonly realPath: string };

/**
 * The folders, as real paths, that files for an agent may come from: those of the system's
 * libraries, the agent's own, and those that the user names. An agent decides which paths are looked
 * at, so that without this rule it could take any file of the host along.
 */
export async function trustedFolders(
  agent: string,
  libraryPath: readonly string[],
  cache: LoaderCache,
): Promise<ReadonlySet<string>> {
  const listed = [...cache.values()].flat().map((path) => dirname(path));
  const own = [dirname(agent), dirname(await realpath(agent))];
  const folders = new Set([...LOADER_FOLDERS, ...listed, ...own, ...libraryPath]);
  const real = await Promise.all([...folders].map((folder) => realpath(folder).catch(() => '')));
  // An agent that lies in / does not make the whole host its own.
  return new Set(real.filter((folder) => folder !== '' && folder !== '/'));
}

/** Looks at one path. Rejects as `fs` does if what is there cannot be read. */
export async function readLibrary(
  path: string,
  trusted: ReadonlySet<string>,
  bytesMax: number,
): Promise<LibraryFile> {
  const realPath = await realpath(path).catch(() => undefined);
  if (realPath === undefined) return { kind: 'absent' };
  if (!isBelow(realPath, trusted)) return { kind: 'outside', path, realPath };
  try {
    const bytes = await readRegularFile(realPath, { bytesMax });
    if (!isElf(bytes)) return { kind: 'unusable', path, found: 'no ELF file' };
    const elf = parseElf(bytes);
    if (elf.machine === ELF_X86_64 && elf.type === ELF_LIBRARY)
      return { kind: 'library', path, elf };
    return { kind: 'unusable', path, found: 'an ELF file that is no library for x86_64' };
  } catch (error) {
    if (!(error instanceof ElfFault || error instanceof FileFault)) throw error;
    return { kind: 'unusable', path, found: error.message };
  }
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    if (folders.has(folder)) return true;
  }
  return false;
}
