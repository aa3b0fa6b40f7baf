import { dirname, join } from 'node:path/posix';
import { ELF_LIBRARY, ELF_X86_64, ElfFault, type ElfFile, parseElf } from '../kernels/elf.ts';
import { readDynamicParts } from '../kernels/elf-dynamic.ts';

/** Files by path, relative to the root of a file system; undefined if there is none. */
export type ReadFile = (path: string) => Buffer | undefined;

export type LibraryClosure =
  | {
      readonly kind: 'complete';
      /** By the path at which the loader finds it; the program itself is not among them. */
      readonly files: ReadonlyMap<string, string>;
    }
  /** `user` needs a library, or a loader, that is nowhere. */
  | { readonly kind: 'incomplete'; readonly user: string; readonly missing: string };

/** Where Debian's loader looks by default. */
const FOLDERS = ['usr/lib/x86_64-linux-gnu', 'usr/lib'];

/**
 * The loader and all libraries that programs, or libraries that these load by themselves, need in a
 * file system in which /lib is /usr/lib. Maps the path at which each has to lie to the one at which
 * it was found.
 */
export function libraryClosure(programs: readonly string[], read: ReadFile): LibraryClosure {
  const files = new Map<string, string>();
  const waiting: string[] = [...programs];
  for (let user = waiting.shift(); user !== undefined; user = waiting.shift()) {
    const elf = readElf(user, read);
    if (elf === undefined) return { kind: 'incomplete', user, missing: user };
    const { interpreter, needed, searchFolders } = readDynamicParts(elf);
    if (interpreter !== undefined && !files.has(interpreter.slice(1))) {
      const loader = mergedPath(interpreter.slice(1));
      if (read(loader) === undefined) return { kind: 'incomplete', user, missing: interpreter };
      files.set(interpreter.slice(1), loader);
    }
    const own = searchFolders.map((folder) => mergedPath(folderFrom(folder, user)));
    for (const name of needed) {
      const path = [...own, ...FOLDERS]
        .map((folder) => join(folder, name))
        .find((candidate) => isLibrary(candidate, read));
      if (path === undefined) {
        // The loader itself is needed by name, too, and already loaded.
        if ([...files.keys()].some((file) => file.endsWith(`/${name}`))) continue;
        return { kind: 'incomplete', user, missing: name };
      }
      if (files.has(path)) continue;
      files.set(path, path);
      waiting.push(path);
    }
  }
  return { kind: 'complete', files };
}

/** Debian's packages of before 2024 have files below /lib that lie in /usr/lib when installed. */
export function mergedPath(path: string): string {
  return path.replace(/^(?=(bin|sbin|lib|lib64)\/)/, 'usr/');
}

/** `$ORIGIN` is the folder of the file that searches. */
function folderFrom(folder: string, user: string): string {
  const origin = `/${dirname(user)}`;
  return join(folder.replace(/\$(ORIGIN|\{ORIGIN\})/g, () => origin)).replace(/^\//, '');
}

function isLibrary(path: string, read: ReadFile): boolean {
  const elf = readElf(path, read);
  return elf !== undefined && elf.machine === ELF_X86_64 && elf.type === ELF_LIBRARY;
}

function readElf(path: string, read: ReadFile): ElfFile | undefined {
  const bytes = read(path);
  if (bytes === undefined) return undefined;
  try {
    return parseElf(bytes);
  } catch (error) {
    // As the loader does, which looks further for one that it can use.
    if (error instanceof ElfFault) return undefined;
    throw error;
  }
}
