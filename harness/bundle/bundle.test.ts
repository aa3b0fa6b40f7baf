import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { digestOf } from '../cache/digest.ts';
import { InfraError, UsageError } from '../errors.ts';
import { ArchiveFault } from '../kernels/archive/archive-entry.ts';
import { PackingFault } from '../kernels/archive/unpack-stream.ts';
import { type Bundle, LIMITS } from './bundle-format.ts';
import { formatDescription } from './format-bundle.ts';
import { readBundle } from './read-bundle.ts';
import { formatHeader, paddingOf, type TarFile } from './tar-layout.ts';
import { SAMPLE_DESCRIPTION, SAMPLE_FOLDER, SAMPLE_MEMBERS } from './testing/sample-bundle.ts';
import { unpackBundle } from './unpack-bundle.ts';
import { type BundleMember, writeBundle } from './write-bundle.ts';

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it was taken'),
    (error: Error) => error,
  );

/** In pieces of an odd size, so that everything is cut somewhere. */
async function* inPieces(bytes: Uint8Array, size = 97): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (packed: Uint8Array, limits = LIMITS) =>
  readBundle(inPieces(packed), { file() {} }, limits);

describe('a bundle', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-bundle-'));
    file = join(folder, 'panic.kmx.tar.zst');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (members = SAMPLE_MEMBERS, to = file) =>
    writeBundle(to, SAMPLE_FOLDER, SAMPLE_DESCRIPTION, members);

  it('gives back what was put into it', async () => {
    const written = await write();
    const out = join(folder, 'out');
    await mkdir(out);
    expect(await unpackBundle(file, out)).to.deep.equal(written.bundle);
    for (const { path, mode, content } of SAMPLE_MEMBERS) {
      expect(await readFile(join(out, path)), path).to.deep.equal(content);
      expect((await stat(join(out, path))).mode & 0o777, path).to.equal(mode);
    }
  });

  it('is unpacked by tar into one folder, without a warning', async () => {
    await write();
    const tar = zstdDecompressSync(await readFile(file));
    const printed = execFileSync('tar', ['-xvf', '-', '-C', folder, '--same-permissions'], {
      input: tar,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const paths = ['bundle.json', ...SAMPLE_MEMBERS.map(({ path }) => path).sort()];
    expect(printed.trim().split('\n')).to.deep.equal(
      paths.map((path) => `${SAMPLE_FOLDER}/${path}`),
    );
    for (const { path, content } of SAMPLE_MEMBERS) {
      expect(await readFile(join(folder, SAMPLE_FOLDER, path))).to.deep.equal(content);
    }
  });

  it('has the same bytes whenever, wherever from and in which order it is written', async () => {
    const first = await write();
    const onDisk = await Promise.all(
      SAMPLE_MEMBERS.map(async ({ content, ...member }): Promise<BundleMember> => {
        const path = join(folder, 'sources', member.path);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
        return { ...member, content: path };
      }),
    );
    const other = join(folder, 'deeper', 'other.kmx.tar.zst');
    const second = await write(onDisk.toReversed(), other);
    expect(second).to.deep.equal(first);
    expect(await readFile(other)).to.deep.equal(await readFile(file));
    expect(first.digest).to.equal(digestOf(await readFile(file)));
  });

  it('with any files gives them back', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_][\w.+~=@,-]{0,60}$/);
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const member = fc.record({
      path: path.map((one) => `evidence/more/${one}`),
      mode: fc.constantFrom(0o644 as const, 0o755 as const),
      content: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    });
    const members = fc.uniqueArray(member, {
      maxLength: 8,
      // None of them is a folder of another.
      selector: (one) => one.path.toLowerCase().split('/')[2],
    });
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 1, max: 3000 }), async (more, size) => {
        const all = [...SAMPLE_MEMBERS, ...more];
        const { bundle } = await write(all);
        const found = new Map<string, Buffer>();
        const again = await readBundle(inPieces(await readFile(file), size), {
          async file(described, content) {
            found.set(described.path, Buffer.concat(await Array.fromAsync(content)));
          },
        });
        expect(again).to.deep.equal(bundle);
        expect(found).to.deep.equal(new Map(all.map(({ path, content }) => [path, content])));
      }),
      { numRuns: 40 },
    );
  });

  it('replaces another one only when it is whole', async () => {
    await write();
    const before = await readFile(file);
    const gone = { path: 'run.sh', mode: 0o755, content: join(folder, 'gone') } as const;
    await failure(write([gone, ...SAMPLE_MEMBERS.slice(1)]));
    expect(await readFile(file)).to.deep.equal(before);
    expect(await readdir(folder)).to.deep.equal(['panic.kmx.tar.zst']);
  });

  it('is not written if it lacks a file that it names, or has one that no host would take', async () => {
    expect((await failure(write(SAMPLE_MEMBERS.slice(2)))).message).to.contain('kernel/image');
    for (const path of [
      '../up',
      '/etc/passwd',
      'a//b',
      '.hidden',
      '-rf',
      'a\\b',
      'RUN.sh',
      'a b',
    ]) {
      const bad = { path, mode: 0o644, content: Buffer.from('x') } as const;
      await failure(write([...SAMPLE_MEMBERS, bad]));
    }
    expect(await readdir(folder)).to.deep.equal([]);
  });

  describe('that was not written by kmx', () => {
    interface Part extends Partial<TarFile> {
      readonly content: Buffer;
      readonly flag?: string;
      readonly link?: string;
    }
    let bundle: Bundle;
    let parts: Part[];
    beforeEach(async () => {
      ({ bundle } = await write());
      const contents = new Map(SAMPLE_MEMBERS.map(({ path, content }) => [path, content]));
      parts = [
        { name: 'bundle.json', mode: 0o644, content: formatDescription(bundle) },
        ...bundle.files.map(({ path, mode }) => ({
          ...{ name: path, mode },
          content: contents.get(path) as Buffer,
        })),
      ];
    });

    const packParts = (
      changed: readonly Part[],
      { end = Buffer.alloc(1024), folderName = SAMPLE_FOLDER } = {},
    ): Buffer => {
      const blocks = changed.flatMap(
        ({ name = '', mode = 0o644, content, flag, link, ...rest }) => {
          const { size = content.length } = rest;
          const header = formatHeader({ name: `${folderName}/${name}`, mode, size });
          if (flag !== undefined) header.write(flag, 156);
          if (link !== undefined) header.write(link, 157);
          header.write(' '.repeat(8), 148);
          const sum = header.reduce((total, byte) => total + byte, 0);
          header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
          return [header, content, Buffer.alloc(paddingOf(content.length))];
        },
      );
      return zstdCompressSync(Buffer.concat([...blocks, end]));
    };
    /** With one part changed, by the path that it has. */
    const packWith = (name: string, change: Partial<Part>) =>
      packParts(parts.map((part) => (part.name === name ? { ...part, ...change } : part)));
    const refused = async (packed: Uint8Array, limits = LIMITS): Promise<string> => {
      const error = await failure(read(packed, limits));
      expect(error).to.satisfy(
        (one: Error) => one instanceof ArchiveFault || one instanceof PackingFault,
      );
      return error.message;
    };
    const describedAs = (change: object): Buffer => {
      const content = Buffer.from(JSON.stringify({ ...bundle, ...change }));
      return packWith('bundle.json', { content });
    };

    it('is still taken if its bytes are the same before they are packed', async () => {
      expect(await read(packParts(parts))).to.deep.equal(bundle);
    });

    it('is refused with a link, a device or a folder in the place of a file', async () => {
      for (const [flag, kind] of [
        ['1', 'the hard link'],
        ['2', 'the link'],
        ['3', 'the device'],
        ['5', 'the folder'],
        ['6', 'the FIFO'],
        ['x', 'something'],
        ['L', 'something'],
      ] as const) {
        const why = await refused(packWith('kernel/config', { flag, link: '/etc/passwd' }));
        expect(why).to.contain(`with ${kind} ${SAMPLE_FOLDER}/kernel/config in the place of`);
      }
    });

    it('is refused with other, more or fewer files than it lists', async () => {
      for (const name of ['../../etc/cron.d/x', 'kernel/other', '/etc/passwd']) {
        const why = await refused(packWith('kernel/config', { name }));
        expect(why).to.contain(`the file ${SAMPLE_FOLDER}/${name} in the place of`);
      }
      const more = { name: 'zzz', content: Buffer.from('x') };
      expect(await refused(packParts([...parts, more]))).to.contain('data after its last file');
      expect(await refused(packParts([...parts, parts[3] as Part]))).to.contain('after its last');
      expect(await refused(packParts(parts.slice(0, -1)))).to.contain('in the place of');
      expect(await refused(packParts(parts.toReversed()))).to.contain('begins with the file');
    });

    it('is refused with a file that is not what its digest is of', async () => {
      const why = await refused(packWith('kernel/image', { content: Buffer.from('an Image') }));
      expect(why).to.equal('a bundle whose kernel/image is not the one that its digest is of');
    });

    it('is refused with another size, mode or anything else in a header', async () => {
      expect(await refused(packWith('kernel/image', { size: 9 }))).to.contain('in the place of');
      expect(await refused(packWith('kernel/image', { mode: 0o4755 }))).to.contain('in the place');
      expect(await refused(packWith('run.sh', { link: 'x' }))).to.contain('in the place of');
    });

    it('is refused with paths that lead out of it, repeat or hide each other', async () => {
      const first = bundle.files[0] as Bundle['files'][number];
      for (const path of ['../up', '/etc/passwd', 'a/../../b', '.git/config', 'a\0b', 'é', '']) {
        const why = await refused(describedAs({ files: [{ ...first, path }] }));
        expect(why).to.contain('not a path below the folder of a bundle');
      }
      const withPaths = (...paths: string[]) =>
        describedAs({ files: paths.map((path) => ({ ...first, path })) });
      expect(await refused(withPaths('a', 'a'))).to.contain('out of order, or there twice');
      expect(await refused(withPaths('b', 'a'))).to.contain('the file a is out of order');
      expect(await refused(withPaths('A', 'a'))).to.contain('a is in the way of another one');
      expect(await refused(withPaths('a', 'a/b'))).to.contain('a/b is in the way');
      expect(await refused(withPaths('bundle.json'))).to.contain('bundle.json is in the way');
    });

    it('is refused if it names a cell or a scenario that would lead elsewhere', async () => {
      const { cell, test } = bundle;
      const id = '../../x+default+v1+unguarded';
      const moved = { ...cell, kernel: '../../x', id };
      expect(await refused(describedAs({ cell: moved }))).to.contain('not the id of its cell');
      expect(await refused(describedAs({ cell: { ...cell, id: 'x' } }))).to.contain('not the id');
      const other = { ...test, file: '../harness/x.spec.ts' };
      expect(await refused(describedAs({ test: other }))).to.contain('its scenario is not that');
    });

    it('is refused if it needs a file that it does not have', async () => {
      const guest = { ...bundle.guest, kernel: 'kernel/gone' };
      expect(await refused(describedAs({ guest }))).to.contain('it has no file kernel/gone');
    });

    it('is refused if another version of kmx wrote it, and says so', async () => {
      expect(await refused(describedAs({ format: 2 }))).to.equal(
        'a bundle in form 2, which another version of kmx wrote',
      );
      expect(await refused(describedAs({ kmx: undefined }))).to.match(
        /bundle.json is wrong \(kmx /,
      );
      expect(await refused(describedAs({ surprise: 1 }))).to.contain('surprise');
      const noJson = packWith('bundle.json', { content: Buffer.from('[1,') });
      expect(await refused(noJson)).to.contain('bundle.json is wrong');
    });

    it('is refused if it costs more than a reader allows, before anything is unpacked', async () => {
      const [first] = bundle.files as [Bundle['files'][number]];
      const huge = { ...first, size: LIMITS.fileBytes + 1 };
      expect(await refused(describedAs({ files: [huge, ...bundle.files.slice(1)] }))).to.equal(
        `a bundle with ${first.path} of 1073741825 bytes, and not at most 1073741824`,
      );
      const packed = packParts(parts);
      expect(await refused(packed, { ...LIMITS, bytes: 1000 })).to.match(
        /^a bundle with files of \d+ bytes, and not at most 1000$/,
      );
      expect(await refused(packed, { ...LIMITS, files: 3 })).to.contain('8 files, and not at most');
      expect(await refused(packed, { ...LIMITS, descriptionBytes: 99 })).to.contain(
        'bundle.json has',
      );
    });

    it('is refused as soon as it is longer than it says, however much follows', async () => {
      const [header, end] = [parts, Buffer.alloc(1024)];
      const bomb = packParts(header, { end: Buffer.concat([end, Buffer.alloc(64 * 1024 * 1024)]) });
      expect(bomb.length).to.be.lessThan(100_000);
      const before = process.memoryUsage.rss();
      expect(await refused(bomb)).to.equal('a bundle with more after its end');
      expect(process.memoryUsage.rss() - before).to.be.lessThan(32 * 1024 * 1024);
    });

    it('is refused wherever it is cut short, packed or not', async () => {
      const packed = packParts(parts);
      for (let bytes = 0; bytes < packed.length; bytes += 41) {
        await refused(packed.subarray(0, bytes));
      }
      const tar = zstdDecompressSync(packed);
      for (let bytes = 0; bytes < tar.length; bytes += 389) {
        await refused(zstdCompressSync(tar.subarray(0, bytes)));
      }
    });

    it('is refused if it is something else, and says what it is', async () => {
      expect(await refused(Buffer.alloc(0))).to.equal('an empty file');
      expect(await refused(gzipSync('x'))).to.equal('a file that is not packed with zstd');
      const other = packParts([{ name: 'etc/\x1b[31mx', content: Buffer.from('x') }]);
      expect(await refused(other)).to.match(/^an archive that begins with the file [\x20-\x7e]*$/);
      const climbing = packParts(parts, { folderName: '..' });
      expect(await refused(climbing)).to.contain('an archive that begins with');
    });

    it('leaves nothing outside of its folder, and is told as the file that it is', async () => {
      await writeFile(file, packWith('kernel/config', { name: '../../../escaped' }));
      const out = join(folder, 'a', 'b', 'out');
      await mkdir(out, { recursive: true });
      const error = await failure(unpackBundle(file, out));
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.match(
        /^\S+panic.kmx.tar.zst: expected a file that kmx bundle wrote; /,
      );
      expect((await readdir(folder)).sort()).to.deep.equal(['a', 'panic.kmx.tar.zst']);
      const gone = await failure(unpackBundle(join(folder, 'gone'), out));
      expect(gone).to.be.instanceOf(UsageError);
      expect(gone).not.to.be.instanceOf(InfraError);
    });
  });
});
