/**
 * What an entry of the cache consists of, kept in the entry itself: its key, and the size and digest
 * of every file. Disks lose and change data; what has changed must not become a guest's crash, or a
 * pass.
 *
 * Digests take time for large files. So an entry can be there before they are, with sizes alone: that
 * holds until the host goes down, as up to then it is the operating system that keeps the content. And
 * digests are looked at once per boot of the host, or when a file's inode says that it has changed.
 *
 * Of a hundred thousand files that can be unpacked again, the sources of a kernel, there is one digest over
 * their names, sizes and times.
 */
import { randomBytes } from 'node:crypto';
import { type BigIntStats, lstatSync } from 'node:fs';
import { open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import { listBulk } from './bulk-listing.ts';
import { digestFile } from './digest.ts';

const MANIFEST = '.manifest.json';
const CHECKED = '.checked.json';
const VERSION = 1;

const size = z.int().nonnegative();
const manifestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    version: z.literal(VERSION),
    kind: z.literal('sealed'),
    key: z.string(),
    files: z.record(z.string(), z.strictObject({ size, digest: z.string() })),
  }),
  z.strictObject({
    version: z.literal(VERSION),
    kind: z.literal('unsealed'),
    key: z.string(),
    /** Of the host: the entry is void after its next boot. */
    bootId: z.string(),
    files: z.record(z.string(), z.strictObject({ size })),
  }),
  z.strictObject({
    version: z.literal(VERSION),
    kind: z.literal('bulk'),
    key: z.string(),
    listing: z.string(),
  }),
]);
type Manifest = z.infer<typeof manifestSchema>;
type FileManifest = Exclude<Manifest, { readonly kind: 'bulk' }>;

/** That the content of the files was right: their inodes as they were then. */
const checkedSchema = z.strictObject({
  bootId: z.string(),
  inodes: z.record(z.string(), z.string()),
});

/** How many files at a time: a disk that is told of several writes them together. */
const AT_ONCE = 16;

/**
 * Writes the manifest with digests, once everything is on the disk: as soon as it is there, neither a
 * power loss nor a rotten disk can pass another content off as this one. Rejects as `fs` does.
 */
export async function sealFolder(folder: string, key: string): Promise<void> {
  const paths = await listFiles(folder);
  const described = await atOnce(paths, async (path) => {
    const file = join(folder, path);
    await syncPath(file);
    const inode = toInode(lstatSync(file, { bigint: true }));
    return { path, inode, digest: await digestFile(file) };
  });
  await atOnce(await listFolders(folder), syncPath);
  const files = Object.fromEntries(
    described.map(({ path, inode: { size }, digest }) => [path, { size, digest }]),
  );
  const inodes = Object.fromEntries(described.map(({ path, inode }) => [path, inode.description]));
  await replaceFile(join(folder, CHECKED), { bootId: await readBootId(), inodes });
  await replaceFile(join(folder, MANIFEST), { version: VERSION, kind: 'sealed', key, files });
  await syncPath(folder);
}

/** Writes the manifest with sizes alone, which holds until the host goes down. */
export async function listUnsealed(folder: string, key: string): Promise<void> {
  const paths = await listFiles(folder);
  const sizes = paths.map((path) => [path, { size: lstatSync(join(folder, path)).size }]);
  const manifest: Manifest = {
    version: VERSION,
    kind: 'unsealed',
    key,
    bootId: await readBootId(),
    files: Object.fromEntries(sizes),
  };
  await writeFile(join(folder, MANIFEST), JSON.stringify(manifest));
}

/**
 * Writes the manifest of very many files, once everything is on the disk. To digest the content of each
 * would take as long as to unpack them once more.
 */
export async function sealBulk(folder: string, key: string): Promise<void> {
  // fsync(2) of each file would take minutes, and Node has no syncfs(2).
  const { execa } = await import('execa');
  await execa('sync', ['--file-system', folder]);
  const { digest } = listBulk(folder, isOwn);
  await replaceFile(join(folder, MANIFEST), {
    version: VERSION,
    kind: 'bulk',
    key,
    listing: digest,
  });
  await syncPath(folder);
}

/** What the manifest of a sealed entry says about its files, by path below its folder. */
export type FileList = Readonly<Record<string, { readonly size: number; readonly digest: string }>>;

/**
 * Writes the manifest of files whose content has just been compared with these digests. Nobody waits for
 * the disk: should the host go down, they are compared once more before anyone uses them.
 */
export async function sealCompared(folder: string, key: string, files: FileList): Promise<void> {
  const inodes = lookUpInodes(folder, Object.keys(files));
  const described = [...inodes].map(([path, { description }]) => [path, description]);
  const checked = { bootId: await readBootId(), inodes: Object.fromEntries(described) };
  await writeFile(join(folder, CHECKED), JSON.stringify(checked));
  const manifest: Manifest = { version: VERSION, kind: 'sealed', key, files };
  await writeFile(join(folder, MANIFEST), JSON.stringify(manifest));
}

/**
 * The files of a sound entry; undefined if its manifest is gone meanwhile, or names no files. Those of an
 * entry that is not sealed yet are digested for that.
 */
export async function readFileList(entry: string): Promise<FileList | undefined> {
  const manifest = await readJson(join(entry, MANIFEST), manifestSchema);
  if (manifest?.kind === 'bulk') return undefined;
  if (manifest?.kind !== 'unsealed') return manifest?.files;
  const paths = Object.entries(manifest.files);
  const files = await atOnce(paths, async ([path, { size }]) => {
    return [path, { size, digest: await digestFile(join(entry, path)) }] as const;
  });
  return Object.fromEntries(files);
}

/** What is wrong with an entry, for people; undefined if all is as its manifest says. */
export async function findDamage(entry: string, key: string): Promise<string | undefined> {
  const manifest = await readJson(join(entry, MANIFEST), manifestSchema);
  if (manifest === undefined) return 'there is no list of its files';
  if (manifest.key !== key) return `it was made as ${manifest.key}`;
  if (manifest.kind === 'bulk') {
    const isSame = listBulk(entry, isOwn).digest === manifest.listing;
    return isSame ? undefined : 'its files are not those that were written';
  }
  const inodes = lookUpInodes(entry, Object.keys(manifest.files));
  const wrongSize = findWrongSize(manifest, inodes);
  if (wrongSize !== undefined) return wrongSize;
  const bootId = await readBootId();
  if (manifest.kind === 'sealed') return await findWrongContent(entry, manifest, inodes, bootId);
  return manifest.bootId === bootId
    ? undefined
    : 'the host went down before all of it was on the disk';
}

function findWrongSize(
  { files }: FileManifest,
  inodes: ReadonlyMap<string, Inode>,
): string | undefined {
  for (const [path, { size }] of Object.entries(files)) {
    const found = inodes.get(path);
    if (found === undefined) return `${path}: it is gone`;
    if (found.size !== size) return `${path}: expected ${size} bytes, found ${found.size}`;
  }
  return undefined;
}

async function findWrongContent(
  entry: string,
  { files }: Extract<Manifest, { kind: 'sealed' }>,
  inodes: ReadonlyMap<string, Inode>,
  bootId: string,
): Promise<string | undefined> {
  const checked = await readJson(join(entry, CHECKED), checkedSchema);
  const known = checked?.bootId === bootId ? checked.inodes : {};
  const found = Object.fromEntries(
    [...inodes].map(([path, { description }]) => [path, description]),
  );
  const doubtful = Object.keys(files).filter((path) => known[path] !== found[path]);
  if (doubtful.length === 0) return undefined;
  const digests = await atOnce(doubtful, (path) => digestFile(join(entry, path)));
  const wrong = doubtful.find((path, index) => files[path]?.digest !== digests[index]);
  if (wrong !== undefined) return `${wrong}: its content is not what was written`;
  // A cache that may only be read is checked each time.
  await replaceFile(join(entry, CHECKED), { bootId, inodes: found }).catch(() => {});
  return undefined;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !isOwn(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}

async function listFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Also one that was being replaced when its process was killed. */
function isOwn(name: string): boolean {
  return name.startsWith(MANIFEST) || name.startsWith(CHECKED);
}

interface Inode {
  readonly size: number;
  /** Changes with the content, whatever is done to its times: nobody can set ctime. */
  readonly description: string;
}

/** Of the files that are there. One look serves all checks: a kernel has a thousand files. */
function lookUpInodes(entry: string, paths: readonly string[]): ReadonlyMap<string, Inode> {
  const inodes = new Map<string, Inode>();
  for (const path of paths) {
    const stats = lstatSync(join(entry, path), { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined) inodes.set(path, toInode(stats));
  }
  return inodes;
}

function toInode({ ino, size, mtimeNs, ctimeNs }: BigIntStats): Inode {
  return { size: Number(size), description: `${ino} ${size} ${mtimeNs} ${ctimeNs}` };
}

function readBootId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8');
}

/** Undefined for what is not there, or of another form. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** In one step, its content on the disk: others may be doing the same. */
async function replaceFile(path: string, content: unknown): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, JSON.stringify(content));
  await syncPath(temporary);
  await rename(temporary, path);
}

/** Returns once a file's content, or a folder's names, are on the disk. */
export async function syncPath(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

function atOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(items.map((item) => limit(work, item)));
}
