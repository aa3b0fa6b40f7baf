/** Sources that are unpacked into the cache, each once. */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cachedBulk } from '../../../cache/cached-entry.ts';
import { nameOfDigest } from '../../../cache/digest.ts';
import { waitForEntry } from '../../../debian/wait-for-entry.ts';
import type { BuildContext } from '../build-context.ts';
import { trackStep } from '../track-step.ts';
import { checkTree } from './check-tree.ts';
import type { OpenTree, SourceTree } from './source-tree.ts';
import { topFolder } from './unpack-tar.ts';

export interface PackedTree {
  readonly digest: string;
  readonly origin: string;
  /** What kind of thing it is, for the name of its entry: `debian`. */
  readonly kind: string;
  /** For people: a path, a package. */
  readonly shown: string;
  /** Gets what is to be unpacked, if that is not there; `scratch` is an empty folder for it. */
  fetch?(scratch: string): Promise<void>;
  /** Makes a folder with the sources at its top, or in the only folder there. */
  unpack(folder: string, scratch: string): Promise<void>;
}

/** Changes when entries are made in another way. */
const FORMAT = 1;
const FILES = 'tree';
const RECORD = 'tree.json';
const SCRATCH = 'scratch';

interface TreeRecord {
  readonly version: string;
  /** Relative to the entry. */
  readonly top: string;
}

/** The tree, which is unpacked when it is first opened, and again if the cache has lost it. */
export function unpackedTree(tree: PackedTree, context: BuildContext): SourceTree {
  const { digest, origin } = tree;
  let opened: Promise<OpenTree> | undefined;
  return {
    digest,
    origin,
    open: () => {
      // Looking at all of its files takes half a second.
      opened ??= openEntry(tree, context);
      return opened;
    },
    confirm: async () => {},
  };
}

export function treeKey({ kind, digest }: Pick<PackedTree, 'kind' | 'digest'>): string {
  return `kernel-trees/${kind}-${FORMAT}-${nameOfDigest(digest)}`;
}

async function openEntry(tree: PackedTree, context: BuildContext): Promise<OpenTree> {
  const { cacheRoot, onProgress, signal } = context;
  const entry = await cachedBulk(
    cacheRoot,
    treeKey(tree),
    async (folder) => {
      const scratch = join(folder, SCRATCH);
      await mkdir(scratch);
      await tree.fetch?.(scratch);
      await trackStep(`unpacking ${tree.shown}`, onProgress, () => fillEntry(tree, folder));
      await rm(scratch, { recursive: true });
      signal?.throwIfAborted();
    },
    waitForEntry(`fetching or unpacking ${tree.shown}`, context),
  );
  const record = JSON.parse(await readFile(join(entry, RECORD), 'utf8')) as TreeRecord;
  return { folder: join(entry, record.top), version: record.version };
}

async function fillEntry(tree: PackedTree, folder: string): Promise<void> {
  const files = join(folder, FILES);
  await tree.unpack(files, join(folder, SCRATCH));
  const top = await topFolder(files);
  const version = await checkTree(top, tree.shown);
  const record: TreeRecord = { version, top: relative(folder, top) };
  await writeFile(join(folder, RECORD), JSON.stringify(record));
}
