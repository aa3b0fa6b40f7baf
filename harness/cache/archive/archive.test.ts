import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { InfraError } from '../../errors.ts';
import { cachedEntry } from '../cached-entry.ts';
import { digestOf } from '../digest.ts';
import { findEntry } from '../existing-entry.ts';
import { pruneCache } from '../inventory.ts';
import { LAST_RUNS_FILE } from '../last-runs-file.ts';
import { digestContent } from './digest-content.ts';
import { type ExportOptions, exportCache } from './export-cache.ts';
import { importCache } from './import-cache.ts';
import { PAGE_BYTES } from './page-map.ts';

const MIB = 1024 * 1024;
const L1 = `templates/6.1-L1-${'a'.repeat(64)}`;
const L2 = `templates/6.1-L2-${'b'.repeat(64)}`;

describe('an archive of the cache', () => {
  let folder: string;
  let from: string;
  let to: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-archive-'));
    [from, to, file] = ['from', 'to', 'archive.tar'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Noise, which does not compress; the same for the same seed. */
  function noise(bytes: number, seed: string): Buffer {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, block) =>
      Buffer.from(digestOf(`${seed} ${block}`).slice('sha256:'.length), 'hex'),
    );
    return Buffer.concat(blocks).subarray(0, bytes);
  }

  async function put(root: string, key: string, files: Record<string, Buffer | string>) {
    const entry = await cachedEntry(root, key, async (empty) => {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(empty, path)), { recursive: true });
        await writeFile(join(empty, path), content);
      }
    });
    await utimes(entry, new Date('2026-01-01'), new Date('2026-01-01'));
  }

  /** A guest's memory: mostly empty, partly that of the guest it continued from. */
  function memory(...pages: readonly (readonly [page: number, seed: string])[]): Buffer {
    const bytes = Buffer.alloc(2 * MIB);
    for (const [page, seed] of pages) noise(64 * PAGE_BYTES, seed).copy(bytes, page * PAGE_BYTES);
    return bytes;
  }
  const bare = memory([10, 'kernel']);
  const healthy = memory([10, 'kernel'], [100, 'agent']);

  async function fill(root: string): Promise<void> {
    await put(root, 'kernels/linux-1', { 'boot/vmlinuz': noise(5000, 'image'), 'lib/a/b.ko': 'x' });
    await put(root, L1, { ram: bare, state: 'devices' });
    await put(root, L2, { ram: healthy, state: 'devices', 'logs/console.log': '' });
    for (const [path, text] of [
      ['results/r1/one.json', 'result'],
      ['pins/linux_1', 'pin'],
      [LAST_RUNS_FILE, '{}'],
    ] as const) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  }

  function exportIt(options: Partial<ExportOptions> = {}) {
    const parts = ['kernels', 'templates', 'results'] as const;
    return exportCache({
      ...{ root: from, file, parts, bytesMax: Number.POSITIVE_INFINITY, usedSince: undefined },
      ...options,
    });
  }
  /** Stands for what knows the form of the file. */
  async function mergeLastRuns(root: string, text: string): Promise<boolean> {
    const place = join(root, LAST_RUNS_FILE);
    if ((await readFile(place, 'utf8').catch(() => undefined)) === text) return false;
    await writeFile(place, text);
    return true;
  }
  const importIt = (bytesMax = 100 * MIB) =>
    importCache({ root: to, file, bytesMax, mergeLastRuns });
  const faultOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => {
        if (error instanceof InfraError && error.code === 'BAD_ARCHIVE') return error.message;
        throw error;
      },
    );

  async function contentOf(root: string): Promise<Record<string, string>> {
    const names = await readdir(root, { recursive: true, withFileTypes: true });
    const files = names
      .filter((entry) => entry.isFile() && !/^\.|^locks/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.startsWith(join(root, 'locks')));
    const read = files.map(async (path) => [
      path.slice(root.length + 1),
      digestOf(await readFile(path)),
    ]);
    return Object.fromEntries(await Promise.all(read));
  }

  it('brings everything to another cache, as it was, sound and with the time of its last use', async () => {
    await fill(from);
    const { items, leftOut } = await exportIt();
    expect(leftOut).to.deep.equal([]);
    expect((await importIt()).map(({ key, arrival }) => `${key} ${arrival}`)).to.deep.equal(
      items.map(({ key }) => `${key} added`),
    );
    expect(await contentOf(to)).to.deep.equal(await contentOf(from));
    for (const key of ['kernels/linux-1', L1, L2]) {
      expect((await stat(join(to, key))).mtime.toISOString()).to.equal('2026-01-01T00:00:00.000Z');
      expect(await findEntry(to, key)).to.include({ kind: 'sound' });
    }
    expect(await readdir(join(to, 'temporary'))).to.deep.equal([]);
  });

  it('has the pages that saved guests share once, and none that are empty', async () => {
    await fill(from);
    const { items } = await exportIt({ parts: ['templates'] });
    // 64 pages of noise each, though the second guest's memory has both.
    for (const { bytes } of items) expect(bytes / PAGE_BYTES).to.be.within(64, 66);
    await importIt();
    expect((await stat(join(to, L2, 'ram'))).blocks * 512).to.be.below(MIB);
  });

  it('leaves what is there as it is, also if it is another guest of the same key', async () => {
    await fill(from);
    await exportIt();
    await put(to, L1, { ram: memory([50, 'booted again']), state: 'others' });
    await mkdir(join(to, 'results/r1'), { recursive: true });
    await writeFile(join(to, 'results/r1/one.json'), 'newer');
    const before = await contentOf(to);
    const arrivals = await importIt();
    expect(
      arrivals.filter(({ arrival }) => arrival === 'there').map(({ key }) => key),
    ).to.have.members([L1, 'results/r1']);
    const after = await contentOf(to);
    expect(after).to.include(before);
    // Its pages were not taken from the guest that is here.
    expect(after[`${L2}/ram`]).to.equal(digestOf(healthy));
    expect((await importIt()).every(({ arrival }) => arrival === 'there')).to.equal(true);
    expect(await contentOf(to)).to.deep.equal(after);
  });

  it('leaves out what is worth least where there is no room, and says so', async () => {
    await fill(from);
    await utimes(join(from, L1), new Date('2020-01-01'), new Date('2020-01-01'));
    const { items } = await exportIt();
    const all = items.reduce((sum, { bytes }) => sum + bytes, 0);
    const { bytes, leftOut } = await exportIt({ bytesMax: all });
    expect(bytes).to.be.at.most(all);
    expect(leftOut).to.deep.equal([{ key: L2, why: 'no-room' }]);
    expect((await exportIt({ usedSince: new Date('2025-01-01') })).leftOut).to.deep.equal([
      { key: L1, why: 'unused' },
    ]);
    // Without the guest that it continued from, all of its pages are new.
    await importIt();
    expect((await contentOf(to))[`${L2}/ram`]).to.equal(digestOf(healthy));
  });

  it('has only the saved guests without an agent if that is wanted', async () => {
    await fill(from);
    const { items } = await exportIt({ parts: ['L1'] });
    expect(items.map(({ key }) => key)).to.deep.equal([L1]);
  });

  it('is another one once a result or an entry is, and the same one else', async () => {
    await fill(from);
    const parts = ['kernels', 'L1', 'results'] as const;
    const digest = () => digestContent(from, parts, undefined);
    const before = await digest();
    await put(from, `templates/6.1-L2-${'c'.repeat(64)}`, { ram: 'not among the parts' });
    expect(await digest()).to.equal(before);
    const seen = new Set([before]);
    for (const path of ['results/r1/one.json', 'pins/linux_1', LAST_RUNS_FILE]) {
      await writeFile(join(from, path), 'measured again');
      seen.add(await digest());
    }
    await put(from, 'kernels/linux-2', { 'boot/vmlinuz': 'x' });
    expect(seen.add(await digest()).size).to.equal(5);
  });

  it('leaves out a damaged entry', async () => {
    await fill(from);
    await rm(join(from, 'kernels/linux-1/lib/a/b.ko'));
    const { leftOut } = await exportIt();
    expect(leftOut).to.deep.equal([
      { key: 'kernels/linux-1', why: 'damaged', damage: 'lib/a/b.ko: it is gone' },
    ]);
  });

  it('stays as it was if the next export fails', async () => {
    await fill(from);
    await exportIt();
    const before = await readFile(file);
    await rm(join(from, 'pins'), { recursive: true });
    await writeFile(join(from, 'pins'), 'no folder');
    expect(await exportIt().catch((error: NodeJS.ErrnoException) => error.code)).to.equal(
      'ENOTDIR',
    );
    expect(await readFile(file)).to.deep.equal(before);
    expect((await readdir(folder)).toSorted()).to.deep.equal(['archive.tar', 'from']);
  });

  it('is only read while nothing is pruned', async () => {
    await fill(from);
    const exporting = exportIt();
    let error: { code?: string } | undefined;
    while (error === undefined) {
      // Until the export has begun, there is nothing to wait for.
      error = await pruneCache(from, []).then(
        () => undefined,
        (caught: { code?: string }) => caught,
      );
      await wait(1);
    }
    expect(error.code).to.equal('CACHE_BUSY');
    await exporting;
  });

  describe('of somebody else', () => {
    type Member = readonly [name: string, content: string | Buffer];
    const head: Member = ['kmx-cache.json', '{"format":1}\n'];
    const end = (entries: number): Member => ['end.json', `{"entries":${entries}}\n`];

    async function write(members: readonly Member[]): Promise<void> {
      const archive = pack();
      for (const [name, content] of members) archive.entry({ name }, content);
      archive.finalize();
      await writeFile(file, archive as AsyncIterable<Buffer>);
    }
    const entryOf = (key: string, files: readonly object[], content = ''): Member => [
      `${key}.zst`,
      zstdCompressSync(
        Buffer.from(
          `${JSON.stringify({ key, usedAt: '2026-01-01T00:00:00.000Z', files })}\n${content}`,
        ),
      ),
    ];
    const fileOf = (path: string, content = 'x', changes = {}) => ({
      ...{ path, size: content.length, digest: digestOf(content), mode: 0o644 },
      ...changes,
    });
    const pages = (runs: readonly unknown[], size: number) =>
      fileOf('ram', '', { size, pages: runs, digest: digestOf(Buffer.alloc(size)) });

    for (const [what, members, fault] of [
      ['of no known form', [['kmx-cache.json', '{"format":2}\n']], 'another version'],
      ['that kmx did not write', [['a.txt', 'hello']], 'not written by kmx'],
      [
        'that was cut off between entries',
        [head, entryOf('kernels/a', [fileOf('a')], 'x')],
        'cut off',
      ],
      ['that lacks entries', [head, end(1)], 'entries are missing'],
      [
        'that is shorter than it says',
        [head, entryOf('kernels/a', [fileOf('a')]), end(1)],
        'not what',
      ],
      [
        'that is longer than it says',
        [head, entryOf('kernels/a', [fileOf('a')], 'xy'), end(1)],
        'longer',
      ],
      ['with other content', [head, entryOf('kernels/a', [fileOf('a')], 'y'), end(1)], 'not what'],
      [
        'with a key that is a path',
        [head, entryOf('kernels/../../a', [fileOf('a')], 'x')],
        'not the key',
      ],
      [
        'with a kind that kmx does not have',
        [head, entryOf('locks/a', [fileOf('a')], 'x')],
        'not the key',
      ],
      [
        'with the name of another entry',
        [head, ['kernels/b.zst', entryOf('kernels/a', [])[1]]],
        'is the entry',
      ],
      [
        'with two files of one path',
        [head, entryOf('kernels/a', [fileOf('a'), fileOf('a')], 'xx')],
        'same path',
      ],
      [
        'with a record of last runs that is a template',
        [head, entryOf('last-runs', [fileOf('templates')], 'x')],
        'not of last-runs',
      ],
      [
        'with results in a folder',
        [head, entryOf('results/a', [fileOf('b/c')], 'x')],
        'not of results/a',
      ],
      [
        'with pages of no file',
        [head, entryOf(L1, [pages([['as', 1, 9, 0]], PAGE_BYTES)])],
        'no file 9',
      ],
      [
        'with pages after the end',
        [head, entryOf(L1, [pages([['as', 1, 0, 5]], PAGE_BYTES)])],
        'no page 5',
      ],
      [
        'with fewer pages than bytes',
        [head, entryOf(L1, [pages([['empty', 1]], 9 * PAGE_BYTES)])],
        'not all there',
      ],
      ['that is not compressed', [head, ['kernels/a.zst', 'no zstd']], 'damaged'],
      [
        'with an endless line',
        [head, ['kernels/a.zst', zstdCompressSync(Buffer.alloc(65 * MIB, 'a'))]],
        'no entry',
      ],
    ] as readonly (readonly [string, readonly Member[], string])[]) {
      it(`is refused if it is one ${what}`, async () => {
        await write(members);
        expect(await faultOf(importIt())).to.contain(fault);
        const names = Object.keys(await contentOf(to));
        expect(names).to.deep.equal(what.includes('cut off') ? ['kernels/a/a'] : []);
      });
    }

    for (const path of [
      '../a',
      '/etc/a',
      'a/../../b',
      'a//b',
      './a',
      '',
      'a\\b',
      'a\0b',
      '.manifest.json',
    ]) {
      it(`is refused with a file of the path ${JSON.stringify(path)}`, async () => {
        await write([head, entryOf('kernels/a', [fileOf(path)], 'x'), end(1)]);
        expect(await faultOf(importIt())).to.match(/not a path below|expected string to have/);
        expect(await contentOf(to)).to.deep.equal({});
      });
    }

    it('may not unpack to more than the cache may have, written or read', async () => {
      await write([
        head,
        entryOf('kernels/a', [fileOf('a', 'x'.repeat(2 * MIB))], 'x'.repeat(2 * MIB)),
        end(1),
      ]);
      expect(await faultOf(importIt(MIB))).to.contain('more than this cache may have');
      const huge = 64 * 1024 ** 3;
      await write([
        head,
        entryOf(
          L1,
          [pages([['empty', huge / PAGE_BYTES]], 0)].map((it) => ({ ...it, size: huge })),
        ),
      ]);
      expect(await faultOf(importIt(MIB))).to.contain('more than this cache may have');
      expect(await contentOf(to)).to.deep.equal({});
    });

    it('may not have more than that to pass over where an entry is there already', async () => {
      await put(to, 'kernels/a', { a: 'here' });
      const more = 'x'.repeat(17 * MIB);
      await write([head, entryOf('kernels/a', [fileOf('a', more)], more), end(1)]);
      expect(await faultOf(importIt(MIB))).to.contain('more than this cache may have');
      expect(await faultOf(importIt(2 * MIB))).to.equal('none');
      expect(await readFile(join(to, 'kernels/a/a'), 'utf8')).to.equal('here');
    });

    it('gives nobody else the right to write, and its owner that to read', async () => {
      await write([head, entryOf('kernels/a', [fileOf('a', 'x', { mode: 0o266 })], 'x'), end(1)]);
      await importIt();
      expect((await stat(join(to, 'kernels/a/a'))).mode & 0o777).to.equal(0o644);
    });

    it('that was damaged on the way never passes for what was exported', async function () {
      this.timeout(60_000);
      await fill(from);
      await exportIt();
      const right = await readFile(file);
      const expected = await contentOf(from);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(right.length - 1),
          fc.integer({ min: 1, max: 255 }),
          fc.boolean(),
          async (at, flip, isCut) => {
            const wrong = isCut ? right.subarray(0, at) : Buffer.from(right);
            if (!isCut) wrong.writeUInt8(wrong.readUInt8(at) ^ flip, at);
            await writeFile(file, wrong);
            await rm(to, { recursive: true, force: true });
            await faultOf(importIt());
            expect(expected).to.include(await contentOf(to));
          },
        ),
        { numRuns: 20 },
      );
    });
  });

  it('adds only whole entries if it was cut off', async () => {
    await fill(from);
    await exportIt();
    await using archive = await open(file, 'r+');
    // Within the last saved guest.
    await archive.truncate((await archive.stat()).size - 200 * 1024);
    await faultOf(importIt());
    expect(await readdir(join(to, 'templates'))).to.deep.equal([L1.slice('templates/'.length)]);
    expect(await findEntry(to, L1)).to.include({ kind: 'sound' });
    expect(await readdir(join(to, 'temporary'))).to.deep.equal([]);
  });
});
