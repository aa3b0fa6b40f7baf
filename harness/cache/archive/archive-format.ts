/**
 * The form of an archive of the cache: a tar file, so that `tar -tvf` lists what is in it and what each
 * entry takes. Its first member says what it is, its last one how many entries there are, so that one
 * that was cut off is recognised. Each entry between them is compressed by itself with zstd: a line of
 * JSON (`entrySchema`), then the content of its files, one after the other. Of files in pages there are
 * only the pages that no file before it has.
 */
import { z } from 'zod';
import { CACHE_KINDS, type CacheKind } from '../inventory.ts';
import { runSchema } from './page-map.ts';

export const FORMAT = 1;
export const HEAD_NAME = 'kmx-cache.json';
export const END_NAME = 'end.json';
export const ENTRY_SUFFIX = '.zst';

export const headSchema = z.object({ format: z.literal(FORMAT) });
export const endSchema = z.strictObject({ entries: z.int().nonnegative() });

/** What a JSON text of an archive may take: a guest of 16 GiB has a map of this size at most. */
export const JSON_BYTES_MAX = 64 * 1024 * 1024;
const FILES_MAX = 100_000;
/** Of a file, holes included. */
const FILE_BYTES_MAX = 64 * 1024 ** 3;

const name = /^[\w+~:=-][\w.+~:=-]*$/;
/** Files of kmx itself, below the root of the cache or in a folder of it. */
export const LOOSE_KEYS = ['pins', 'last-runs'] as const;
export type LooseKey = (typeof LOOSE_KEYS)[number];

const key = z.string().refine((text) => {
  const [kind = '', entry, ...more] = text.split('/');
  if (entry === undefined) return (LOOSE_KEYS as readonly string[]).includes(kind);
  return more.length === 0 && Object.hasOwn(CACHE_KINDS, kind) && name.test(entry);
}, 'not the key of an entry');

/** Relative, below the entry's folder, and none of the files that an entry has about itself. */
const path = z
  .string()
  .min(1)
  .max(1024)
  .refine(isSafePath, 'not a path below the folder of an entry');

export function isSafePath(text: string): boolean {
  const parts = text.split('/');
  const arePlain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  return arePlain && !/[\p{Cc}\\]/u.test(text) && !/^\.(manifest|checked)/.test(text);
}

const fileSchema = z.strictObject({
  path,
  size: z.int().nonnegative().max(FILE_BYTES_MAX),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Permissions, without special bits. */
  mode: z.int().min(0).max(0o777),
  /** Absent: the content stands in the archive as it is. */
  pages: z.array(runSchema).exactOptional(),
});
export type ArchivedFile = z.infer<typeof fileSchema>;

export const entrySchema = z
  .strictObject({
    key,
    usedAt: z.iso.datetime(),
    files: z.array(fileSchema).max(FILES_MAX),
  })
  .refine(
    ({ files }) => new Set(files.map((file) => file.path)).size === files.length,
    'two files have the same path',
  );
export type ArchivedEntry = z.infer<typeof entrySchema>;

/** Entries that may share pages: those of one release of a kernel. Others do not refer to them. */
export function groupOf(entryKey: string): string {
  return entryKey.replace(/-L[12]-[0-9a-f]+$/, '');
}

/** A guest that was saved before it had an agent; one with its agent, an L2, continues from it. */
export function isL1(entryKey: string): boolean {
  return /-L1-[0-9a-f]+$/.test(entryKey);
}

/** What `--what` may name, and which entries that means. */
export const ARCHIVE_PARTS = {
  kernels: ['pins', 'kernel-configs', 'kernels'],
  templates: ['templates'],
  /** Of these only the guests without an agent, from which the others are quickly made again. */
  L1: ['templates'],
  results: ['last-runs', 'results'],
} as const satisfies Record<string, readonly (CacheKind | LooseKey)[]>;
export type ArchivePart = keyof typeof ARCHIVE_PARTS;
