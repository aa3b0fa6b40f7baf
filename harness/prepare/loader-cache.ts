import { basename } from 'node:path';
import { ExecaError, execa } from 'execa';

/** Where the loaders of glibc and musl look by default, on all distributions. */
export const LOADER_FOLDERS = ['/lib', '/usr/lib'].flatMap((folder) => [
  `${folder}/x86_64-linux-gnu`,
  `${folder}64`,
  folder,
]);

/** The paths of libraries by name, best first. */
export type LoaderCache = ReadonlyMap<string, readonly string[]>;

/**
 * The libraries in glibc's cache: those of the folders that root has listed in ld.so.conf. Empty on
 * a host without it.
 */
export async function readLoaderCache(): Promise<LoaderCache> {
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

/** What `ldconfig -p` prints: paths of the libraries of x86_64 by name, best first. */
export function parseLoaderCache(text: string): LoaderCache {
  const libraries = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, kind, path] = line.match(/^\t(\S+) \(([^)]*)\) => (.+)$/) ?? [];
    if (!name || !path || !kind?.includes('x86-64') || basename(path) !== name) continue;
    libraries.set(name, [...(libraries.get(name) ?? []), path]);
  }
  return libraries;
}
