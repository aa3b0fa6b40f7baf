import { readlinkSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { join as joinPosix } from 'node:path/posix';
import pLimit from 'p-limit';
import { fetchPackageFile } from '../debian/fetch-package.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { unpackDeb } from '../debian/unpack-deb.ts';
import { mergedPath } from './library-closure.ts';

/** The files of some packages, as they would lie in one file system. */
export interface UnpackedPackages {
  /** All paths, relative to the root; those below links to folders, too. */
  readonly paths: readonly string[];
  /** The file at a path, links followed; undefined if there is none. */
  find(path: string): UnpackedFile | undefined;
}

export interface UnpackedFile {
  /** Where it was unpacked to. */
  readonly source: string;
  /** The name of the package that it comes from. */
  readonly package: string;
}

type Entry =
  | ({ readonly kind: 'file' } & UnpackedFile)
  | { readonly kind: 'link'; readonly target: string };

/** At a time: each takes a few processes. */
const PARALLEL = 4;
/** More than any library has links to it. */
const LINKS_MAX = 8;

/**
 * Fetches and unpacks packages, each into a folder of its own below `folder`, without running
 * anything that is in them. Throws as `fetchPackageFile` and `unpackDeb`.
 */
export async function unpackPackages(
  folder: string,
  packages: readonly PackageFile[],
): Promise<UnpackedPackages> {
  const limit = pLimit(PARALLEL);
  const entries = new Map<string, Entry>();
  await mkdir(folder, { recursive: true });
  let isLost = false;
  const unpack = async (file: PackageFile): Promise<[string, Entry][]> => {
    if (isLost) return [];
    const deb = join(folder, `${file.name}.deb`);
    const own = join(folder, file.name);
    await fetchPackageFile(file, deb);
    await unpackDeb(deb, own, { linksOutside: 'remove' });
    return await listEntries(file.name, own);
  };
  const unpacking = packages.map((file) =>
    limit(unpack, file).catch((error: unknown) => {
      isLost = true;
      throw error;
    }),
  );
  // Whoever removes the folder after a fault must be alone in it.
  await Promise.allSettled(unpacking);
  const unpacked = await Promise.all(unpacking);
  for (const own of unpacked) for (const [path, entry] of own) entries.set(path, entry);
  for (const [path, entry] of belowLinks(entries)) entries.set(path, entry);
  return { paths: [...entries.keys()], find: (path) => findFile(entries, path) };
}

async function listEntries(name: string, folder: string): Promise<[string, Entry][]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.flatMap((entry): [string, Entry][] => {
    const source = join(entry.parentPath, entry.name);
    const path = mergedPath(source.slice(folder.length + 1));
    if (entry.isFile()) return [[path, { kind: 'file', source, package: name }]];
    if (!entry.isSymbolicLink()) return [];
    // None leads out of the package.
    const target = mergedPath(joinPosix(dirname(path), readlinkSync(source)));
    return [[path, { kind: 'link', target }]];
  });
}

/** The files of folders that links lead to, as seen through these. */
function belowLinks(entries: ReadonlyMap<string, Entry>): [string, Entry][] {
  const all = [...entries];
  return all.flatMap(([link, entry]): [string, Entry][] => {
    if (entry.kind !== 'link' || entries.has(entry.target)) return [];
    const inside = `${entry.target}/`;
    return all
      .filter(([path]) => path.startsWith(inside))
      .map(([path, found]) => [`${link}/${path.slice(inside.length)}`, found]);
  });
}

function findFile(entries: ReadonlyMap<string, Entry>, path: string): UnpackedFile | undefined {
  let entry = entries.get(path);
  for (let links = 0; entry?.kind === 'link' && links < LINKS_MAX; links++) {
    entry = entries.get(entry.target);
  }
  return entry?.kind === 'file' ? entry : undefined;
}
