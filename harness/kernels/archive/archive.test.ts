import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { buildCpio, buildCpioOf, buildTar, type Packed } from '../testing/build-archives.ts';
import { ArchiveFault } from './archive-entry.ts';
import { extractFiles } from './extract-files.ts';
import { FileTree } from './file-tree.ts';
import { listArchive, type OpenArchive, streamEntries } from './read-archive.ts';
import { PackingFault } from './unpack-stream.ts';

/** In pieces of an odd size, so that everything is cut somewhere. */
async function* inPieces(bytes: Uint8Array, size = 97): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const opened =
  (bytes: Uint8Array): OpenArchive =>
  () =>
    streamEntries(inPieces(bytes));

async function treeOf(...archives: readonly Uint8Array[]): Promise<FileTree> {
  const tree = new FileTree();
  for (const [index, bytes] of archives.entries()) await listArchive(tree, index, opened(bytes));
  return tree;
}

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it was taken'),
    (error: Error) => error,
  );

const FORMATS = [
  ['tar', buildTar],
  ['cpio', async (entries: readonly Packed[]) => buildCpio(entries)],
] as const;

describe('an archive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-archive-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The content that is found at a path, extracted. */
  const contentAt = async (path: string, ...archives: readonly Uint8Array[]) => {
    const found = (await treeOf(...archives)).find(path);
    if (found === undefined) return undefined;
    const to = join(folder, 'out', 'file');
    await rm(join(folder, 'out'), { recursive: true, force: true });
    await extractFiles(archives.map(opened), [{ file: found.file, to }]);
    return await readFile(to, 'utf8');
  };

  for (const [format, build] of FORMATS) {
    describe(`in the form of ${format}`, () => {
      it('gives back what was put into it, however it is packed', async () => {
        const names = fc
          .array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 4 })
          .map((parts) => `f/${parts.join('/')}/x`);
        const files = fc.uniqueArray(fc.tuple(names, fc.uint8Array({ maxLength: 2000 })), {
          selector: ([name]) => name,
          minLength: 1,
          maxLength: 8,
        });
        const packings = fc.constantFrom(
          (bytes: Buffer) => bytes,
          (bytes: Buffer) => gzipSync(bytes),
          (bytes: Buffer) => zstdCompressSync(bytes),
        );
        await fc.assert(
          fc.asyncProperty(files, packings, async (written, packed) => {
            const archive = packed(
              await build(written.map(([path, content]) => ({ path, content }))),
            );
            const tree = await treeOf(archive);
            expect(tree.paths()).to.deep.equal(written.map(([path]) => path).sort());
            const out = await mkdtemp(join(folder, 'out-'));
            const wanted = written.map(([path], index) => {
              const file = tree.find(path)?.file ?? expect.fail(path);
              return { file, to: join(out, `${index}`) };
            });
            await extractFiles([opened(archive)], wanted);
            for (const [index, [, content]] of written.entries()) {
              expect(await readFile(join(out, `${index}`))).to.deep.equal(Buffer.from(content));
            }
          }),
          { numRuns: 30 },
        );
      });

      it('is followed through links, which lead nowhere but into it', async () => {
        const archive = await build([
          { path: 'usr/lib/modules/6.1/vmlinuz', content: 'kernel' },
          { path: 'lib', link: 'usr/lib' },
          { path: 'boot/vmlinuz', link: '../lib/modules/6.1/vmlinuz' },
          { path: 'boot/absolute', link: '/usr/lib/modules/6.1/vmlinuz' },
          { path: 'boot/above', link: '../../../../../../usr/lib/modules/6.1/vmlinuz' },
          { path: 'boot/host', link: '/etc/passwd' },
          { path: 'boot/loop', link: 'loop' },
          { path: 'boot/two', link: 'one' },
          { path: 'boot/one', link: 'two' },
        ]);
        const tree = await treeOf(archive);
        const real = 'usr/lib/modules/6.1/vmlinuz';
        for (const path of [
          'boot/vmlinuz',
          'boot/absolute',
          'boot/above',
          'lib/modules/6.1/vmlinuz',
        ]) {
          expect(tree.find(path)?.path, path).to.equal(real);
        }
        for (const path of ['boot/host', 'boot/loop', 'boot/one', 'lib', 'nowhere']) {
          expect(tree.find(path), path).to.equal(undefined);
        }
        expect(await contentAt('boot/above', archive)).to.equal('kernel');
      });

      it('writes nothing through a link', async () => {
        const archive = await build([
          { path: 'out', link: '/tmp' },
          { path: 'out/file', content: 'inside' },
        ]);
        expect((await treeOf(archive)).find('tmp/file')?.path).to.equal('tmp/file');
        expect(await readdir(folder)).to.deep.equal([]);
      });

      it('makes no devices', async () => {
        const archive = await build([{ path: 'boot/vmlinuz', device: true }]);
        expect((await treeOf(archive)).paths()).to.deep.equal([]);
      });

      it('is refused if a path climbs', async () => {
        for (const path of ['../up', 'a/../../up', 'a/..', '/../up']) {
          const error = await failure(treeOf(await build([{ path, content: 'x' }])));
          expect(error).to.be.instanceOf(ArchiveFault);
          expect(error.message).to.contain('leads out of it');
        }
      });

      it('takes an absolute path as one from its root', async () => {
        const tree = await treeOf(await build([{ path: '/./boot//vmlinuz', content: 'x' }]));
        expect(tree.paths()).to.deep.equal(['boot/vmlinuz']);
      });

      it('is refused wherever it is cut short', async () => {
        const whole = await build([{ path: 'a', content: 'x'.repeat(1500) }]);
        // The blocks at the end of a tar archive say nothing.
        const last = whole.length - (format === 'tar' ? 1024 : 4);
        for (let bytes = 600; bytes < last; bytes += 89) {
          const error = await failure(treeOf(whole.subarray(0, bytes)));
          expect(error, `${bytes}`).to.be.instanceOf(ArchiveFault);
        }
      });

      it('is refused where its packing is damaged', async () => {
        const content = Buffer.from(Array.from({ length: 9000 }, (_, at) => (at * 7919) % 251));
        const packed = gzipSync(await build([{ path: 'a', content }]));
        const cut = await failure(treeOf(packed.subarray(0, packed.length - 200)));
        expect(cut).to.be.instanceOf(PackingFault);
        packed.fill(0xff, 100, 200);
        const broken = await failure(treeOf(packed));
        expect(broken).to.satisfy(
          (error: Error) => error instanceof PackingFault || error instanceof ArchiveFault,
        );
      });

      it('has for a path what comes last', async () => {
        const archive = await build([
          { path: 'a', content: 'first' },
          { path: 'a', content: 'second' },
        ]);
        expect(await contentAt('a', archive)).to.equal('second');
      });

      it('survives whatever its bytes are, or is refused', async () => {
        const whole = await build([
          { path: 'boot/vmlinuz', content: 'x'.repeat(300) },
          { path: 'lib', link: 'usr/lib' },
        ]);
        const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
        await fc.assert(
          fc.asyncProperty(changes, async (bytes) => {
            const changed = Buffer.from(whole);
            for (const [at, value] of bytes) changed[at] = value;
            await treeOf(changed).catch((error: unknown) => {
              if (error instanceof ArchiveFault || error instanceof PackingFault) return;
              throw error;
            });
          }),
          { numRuns: 150 },
        );
      });
    });
  }

  it('that is something else says what it is', async () => {
    const error = await failure(treeOf(Buffer.from('#!/bin/sh\nexit\n')));
    expect(error.message).to.match(/^a file that is neither a tar nor a cpio archive \(.*23212f62/);
    expect((await failure(treeOf(Buffer.alloc(0)))).message).to.equal('an empty file');
  });

  it('has the same file under several names: tar by a name, cpio by an inode', async () => {
    const tar = await buildTar([
      { path: 'a', content: 'same' },
      { path: 'b', sameAs: 'a' },
      { path: 'c', sameAs: '../../etc/passwd'.replaceAll('../', '') },
    ]);
    expect(await contentAt('b', tar)).to.equal('same');
    expect(await contentAt('c', tar)).to.equal(undefined);
    const names = { mode: 0o100644, inode: 7, links: 3 };
    const cpio = buildCpioOf([
      { path: 'a', ...names },
      { path: 'b', ...names, content: 'same' },
      { path: 'c', ...names },
    ]);
    for (const path of ['a', 'b', 'c']) expect(await contentAt(path, cpio)).to.equal('same');
  });

  it('in cpio is refused if its sizes lie', async () => {
    const lie = (entry: object) =>
      failure(treeOf(buildCpioOf([{ path: 'a', mode: 0o100644, content: 'x', ...entry }])));
    expect((await lie({ bytes: 0xffffffff })).message).to.contain('cut short');
    expect((await lie({ nameBytes: 0 })).message).to.contain('a name of 0 bytes');
    expect((await lie({ nameBytes: 0x7fffffff })).message).to.contain('a name of 2147483647 bytes');
    const link = { mode: 0o120777, bytes: 0x7fffffff };
    expect((await lie(link)).message).to.contain('a link of 2147483647 bytes');
  });

  it('is extracted only if it fits', async () => {
    const file = { kind: 'file', archive: 0, entry: 0, bytes: 5 * 1024 ** 3 } as const;
    const archive = opened(await buildTar([{ path: 'a', content: 'x' }]));
    const error = await failure(extractFiles([archive], [{ file, to: join(folder, 'a') }]));
    expect(error).to.be.instanceOf(ArchiveFault);
    expect(error.message).to.contain('5120 MiB');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('does not grow in memory with a bomb', async () => {
    const bytes = 256 * 1024 * 1024;
    const empty = await buildTar([{ path: 'bomb', content: '' }]);
    const head = empty.subarray(0, 512);
    head.write(bytes.toString(8).padStart(11, '0'), 124);
    head.fill(' ', 148, 156);
    head.write(
      head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0'),
      148,
    );
    async function* bomb(): AsyncGenerator<Uint8Array> {
      yield head;
      for (let left = bytes; left > 0; left -= 1 << 20) yield Buffer.alloc(1 << 20);
      yield empty.subarray(512);
    }
    const tree = new FileTree();
    const before = process.memoryUsage.rss();
    await listArchive(tree, 0, () => streamEntries(bomb()));
    expect(tree.find('bomb')?.file.bytes).to.equal(bytes);
    expect(process.memoryUsage.rss() - before).to.be.below(bytes / 2);
  });
});

describe('a tree of files', () => {
  const file = (path: string) =>
    ({ kind: 'file', path, bytes: 1, content: inPieces(Buffer.alloc(1)) }) as const;

  it('has what the last archive has, and folders of all', () => {
    const tree = new FileTree();
    tree.add(0, 0, file('a/b'));
    tree.add(0, 1, file('a/c'));
    tree.add(1, 0, file('a/b'));
    expect(tree.paths()).to.deep.equal(['a/b', 'a/c']);
    expect(tree.find('a/b')?.file.archive).to.equal(1);
    tree.add(2, 0, file('a'));
    expect(tree.paths()).to.deep.equal(['a']);
    tree.add(3, 0, file('a/d'));
    expect(tree.paths()).to.deep.equal(['a/d']);
  });

  it('hides what was there before, and nothing else', () => {
    const tree = new FileTree();
    tree.add(0, 0, file('a/old'));
    tree.add(0, 1, file('a/kept'));
    tree.add(0, 2, file('b/old'));
    tree.add(1, 0, file('a/new'));
    tree.hide('a/old', 1);
    expect(tree.paths()).to.deep.equal(['a/kept', 'a/new', 'b/old']);
    tree.hide('a', 1);
    expect(tree.paths()).to.deep.equal(['a/new', 'b/old']);
    tree.hideBelow('', 2);
    expect(tree.paths()).to.deep.equal([]);
    tree.hide('nowhere/at/all', 2);
  });

  it('counts files, and steps through links', () => {
    const many = new FileTree();
    expect(() => {
      for (let index = 0; index <= 1_000_000; index++) many.add(0, index, file('a'));
    }).to.throw(ArchiveFault, 'more than 1000000 files');
    const deep = new FileTree();
    const target = 'a/'.repeat(2000);
    deep.add(0, 0, { kind: 'link', path: 'l', target: `${target}` });
    expect(() => {
      for (let index = 1; index < 100_000; index++) deep.add(0, index, file('l/x'));
    }).to.throw(ArchiveFault, 'in circles');
  });
});
