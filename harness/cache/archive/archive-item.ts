/** What goes into an archive: entries of the cache, and the small files that kmx keeps beside them. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../digest.ts';
import { type CacheItem, type CacheKind, listCache } from '../inventory.ts';
import { LAST_RUNS_FILE } from '../last-runs-file.ts';
import { findDamage, readFileList } from '../manifest.ts';
import {
  ARCHIVE_PARTS,
  type ArchivePart,
  groupOf,
  isL1,
  isSafePath,
  LOOSE_KEYS,
  type LooseKey,
} from './archive-format.ts';

export interface ArchiveItem {
  readonly key: string;
  readonly usedAt: Date;
}

const LOOSE_FOLDERS = { pins: 'pins', 'last-runs': '.' } as const satisfies Record<
  LooseKey,
  string
>;
export const LAST_RUNS = 'last-runs' satisfies LooseKey;

/** Where the files of a key are, relative to the root of the cache. */
export function folderOf(key: string): string {
  return isLoose(key) ? LOOSE_FOLDERS[key] : key;
}

function isLoose(key: string): key is LooseKey {
  return (LOOSE_KEYS as readonly string[]).includes(key);
}

/** Whether files are added one by one, to a folder that others may add to as well. */
export function hasSingleFiles(key: string): boolean {
  return isLoose(key) || key.startsWith('results/');
}

/** Whether a key of single files may have one of this name. */
export function isSingleFile(key: string, path: string): boolean {
  return key === LAST_RUNS ? path === LAST_RUNS_FILE : !path.includes('/');
}

/**
 * What is worth most comes first: what is small and saves most, then what has to be fetched again, then
 * saved guests; of each, what was used last. Kernels' saved guests stay together, those that others
 * continue from first.
 */
export async function listItems(
  root: string,
  parts: readonly ArchivePart[],
): Promise<readonly ArchiveItem[]> {
  const wanted: readonly string[] = parts.flatMap((part) => ARCHIVE_PARTS[part]);
  const loose = LOOSE_KEYS.filter((key) => wanted.includes(key));
  const kinds = (['results', 'kernel-configs', 'kernels', 'templates'] as const).filter((kind) =>
    wanted.includes(kind),
  );
  const items = await listCache(root, kinds);
  const isWanted = ({ kind, name }: CacheItem) =>
    kind !== 'templates' || parts.includes('templates') || isL1(name);
  const ofKind = (kind: CacheKind) =>
    items.filter((item) => item.kind === kind && isWanted(item)).map(toItem);
  return [
    ...loose.map((key) => ({ key, usedAt: new Date() })),
    ...kinds.flatMap((kind) => (kind === 'templates' ? inGroups(ofKind(kind)) : ofKind(kind))),
  ];
}

function toItem({ kind, name, usedAt }: CacheItem): ArchiveItem {
  return { key: `${kind}/${name}`, usedAt };
}

function inGroups(templates: readonly ArchiveItem[]): readonly ArchiveItem[] {
  const groups = Map.groupBy(templates, ({ key }) => groupOf(key));
  return [...groups.values()].flatMap((group) => [
    ...group.filter(({ key }) => isL1(key)),
    ...group.filter(({ key }) => !isL1(key)),
  ]);
}

export interface ItemFile {
  readonly path: string;
  readonly size: number;
  readonly digest: string;
  readonly mode: number;
  /** Of a small file that a running kmx may replace at any time. */
  readonly bytes?: Buffer;
}

/** The files of an item; why it is left out if it is damaged or gone. */
export async function listFiles(root: string, key: string): Promise<readonly ItemFile[] | string> {
  const folder = join(root, folderOf(key));
  if (hasSingleFiles(key)) return await listSingleFiles(folder, key);
  const damage = await findDamage(folder, key);
  if (damage !== undefined) return damage;
  const files = await readFileList(folder);
  if (files === undefined) return 'it was removed meanwhile';
  const listed = Object.entries(files).map(async ([path, { size, digest }]) => {
    const { mode } = await lstat(join(folder, path));
    return { path, size, digest, mode: mode & 0o777 };
  });
  return await Promise.all(listed);
}

async function listSingleFiles(folder: string, key: string): Promise<readonly ItemFile[]> {
  const names = key === LAST_RUNS ? [LAST_RUNS_FILE] : await readdir(folder).catch(orNone);
  const files = names.filter(isSafePath).map(async (path): Promise<readonly ItemFile[]> => {
    const stats = await lstat(join(folder, path)).catch(() => undefined);
    if (stats?.isFile() !== true) return [];
    const bytes = await readFile(join(folder, path));
    const digest = digestOf(bytes);
    return [{ path, size: bytes.length, digest, mode: stats.mode & 0o777, bytes }];
  });
  return (await Promise.all(files)).flat();
}

function orNone(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
