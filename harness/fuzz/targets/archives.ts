import { deepStrictEqual, match, ok } from 'node:assert';
import { gzipSync } from 'node:zlib';
import { type ArchiveEntry, ArchiveFault } from '../../kernels/archive/archive-entry.ts';
import { FileTree } from '../../kernels/archive/file-tree.ts';
import { findPackedKernel } from '../../kernels/archive/kernel-layout.ts';
import { streamEntries } from '../../kernels/archive/read-archive.ts';
import { PackingFault } from '../../kernels/archive/unpack-stream.ts';
import { rpmEntries } from '../../kernels/package/rpm.ts';
import {
  buildCpio,
  buildCpioOf,
  buildRpm,
  buildTar,
  type Packed,
} from '../../kernels/testing/build-archives.ts';
import { toLine } from '../../text.ts';
import { cutInPieces, type FuzzTarget } from '../fuzz-target.ts';

const RELEASE = '6.12.4';
const FILES: readonly Packed[] = [
  { path: './boot', folder: true },
  { path: `./boot/vmlinuz-${RELEASE}`, content: 'an image' },
  { path: `./boot/config-${RELEASE}`, content: 'CONFIG_A=y\n' },
  { path: `./lib/modules/${RELEASE}/kernel/fs/a.ko.xz`, content: 'a module' },
  { path: `./lib/modules/${RELEASE}/build`, link: '../../../usr/src' },
  { path: './vmlinuz', link: `boot/vmlinuz-${RELEASE}` },
  { path: './dev/null', device: true },
];
const CPIO = buildCpio(FILES);
/** One file with two names, of which the second has the content. */
const LINKED = buildCpioOf([
  { path: 'boot/vmlinuz', mode: 0o100644, inode: 7, links: 2 },
  { path: 'vmlinuz', mode: 0o100644, inode: 7, links: 2, content: 'an image' },
]);
const TAR = await buildTar([...FILES, { path: './same', sameAs: `./boot/vmlinuz-${RELEASE}` }]);

/** Files inside of the archive with the sizes that it says, or a refusal. */
export const archives: FuzzTarget = {
  name: 'archive',
  seeds: () => [CPIO, LINKED, TAR, gzipSync(CPIO)],
  run: (input) => readAll(streamEntries(inPieces(input)), input.length),
};

/** The same of a package. */
export const rpmPackages: FuzzTarget = {
  name: 'rpm',
  // Mutated, the first has another digest than it says; the last says none that counts.
  seeds: () => [
    buildRpm(gzipSync(CPIO)),
    buildRpm(CPIO, { sha256: 'none' }),
    buildRpm(LINKED, { sha256: 'none' }),
  ],
  run: (input) => readAll(rpmEntries(inPieces(input)), input.length),
};

/** Deflate makes at most 1,032 bytes of one. */
const INFLATION_MAX = 1032;
/** A file of the tree is found by each of its paths; to look for all of them would take as long as they are. */
const FOUND_MAX = 50;

async function readAll(entries: AsyncIterable<ArchiveEntry>, length: number): Promise<void> {
  const tree = new FileTree();
  let index = 0;
  let bytes = 0;
  try {
    for await (const entry of entries) {
      checkPath(entry.path);
      if (entry.kind === 'file') {
        const found = await countBytes(entry.content);
        deepStrictEqual(found, entry.bytes);
        bytes += found;
      }
      tree.add(0, index++, entry);
    }
    checkTree(tree);
  } catch (error) {
    if (!(error instanceof ArchiveFault || error instanceof PackingFault)) throw error;
    ok(toLine(error.message, 10_000) === error.message, error.message);
  }
  ok(bytes <= length * INFLATION_MAX);
}

function checkPath(path: string): void {
  if (path === '') return;
  for (const name of path.split('/')) ok(!['', '.', '..'].includes(name), path);
  match(path, /^[^\0]+$/);
}

function checkTree(tree: FileTree): void {
  const paths = tree.paths();
  deepStrictEqual(new Set(paths).size, paths.length);
  for (const path of paths.slice(0, FOUND_MAX)) {
    checkPath(path);
    checkPath(tree.find(path)?.path ?? '..');
  }
  findPackedKernel(tree);
}

async function countBytes(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const part of content) bytes += part.length;
  return bytes;
}

async function* inPieces(input: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* cutInPieces(input);
}
