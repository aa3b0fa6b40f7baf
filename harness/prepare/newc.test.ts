import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ExecaError, execa } from 'execa';
import fc from 'fast-check';
import type { FileEntry } from '../file-entry.ts';
import { formatCpio } from './newc.ts';
import { readCpio } from './testing/read-cpio.ts';

const file = (path: string, text: string, mode = 0o644): FileEntry => ({
  kind: 'file',
  path,
  mode,
  content: Buffer.from(text),
});
const archive = (entries: readonly FileEntry[]) => Buffer.concat(formatCpio(entries));

const EVERY_KIND: readonly FileEntry[] = [
  file('/init', 'hello', 0o755),
  { kind: 'character-device', path: '/dev/console', mode: 0o600, major: 5, minor: 1 },
  { kind: 'link', path: '/bin', target: 'usr/bin' },
  { kind: 'directory', path: '/tmp', mode: 0o1777 },
];

describe('A newc archive', () => {
  it('has these very bytes', () => {
    const header = (inode: number, mode: string, size: number, nameBytes: number) => {
      const hex = (value: number) => value.toString(16).padStart(8, '0').toUpperCase();
      const zero = '00000000';
      const fields = [hex(inode), mode, zero, zero, '00000001', zero, hex(size)];
      return `070701${[...fields, zero, zero, zero, zero, hex(nameBytes), zero].join('')}`;
    };
    // Names end with a zero; header and name together, and content, are each padded to four bytes.
    const expected =
      `${header(1, '000081ED', 5, 5)}init\0\0hello\0\0\0` +
      `${header(0, '00000000', 0, 11)}TRAILER!!!\0\0\0\0`;
    expect(archive([file('/init', 'hello', 0o755)]).toString('latin1')).to.equal(expected);
  });

  it('holds every kind of entry, and their parent folders', () => {
    const records = readCpio(archive(EVERY_KIND));
    const shown = records.map(({ path, mode, major, minor }) => [
      path,
      mode.toString(8),
      major,
      minor,
    ]);
    expect(shown).to.deep.equal([
      ['bin', '120777', 0, 0],
      ['dev', '40755', 0, 0],
      ['dev/console', '20600', 5, 1],
      ['init', '100755', 0, 0],
      ['tmp', '41777', 0, 0],
    ]);
    expect(records[0]?.content.toString()).to.equal('usr/bin');
    expect(records.map(({ inode }) => inode)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(records.flatMap(({ others }) => others).every((number) => number === 0)).to.equal(true);
  });

  it('is the same in whatever order its entries are given', () => {
    const given = archive(EVERY_KIND);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...EVERY_KIND], { minLength: EVERY_KIND.length }),
        (shuffled) => archive(shuffled).equals(given),
      ),
    );
  });

  it('gives back what was put in', () => {
    const name = fc.stringMatching(/^[a-zäß .+~-]{1,9}$/).filter((text) => !/^\.{1,2}$/.test(text));
    const entry = fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`),
      mode: fc.nat(0o7777),
      content: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
    });
    const entries = fc.uniqueArray(entry, { selector: ({ path }) => path });
    fc.assert(
      fc.property(entries, (list) => {
        const records = readCpio(archive(list.map((one) => ({ kind: 'file', ...one }))));
        for (const { path, mode, content } of list) {
          const record = records.find((candidate) => `/${candidate.path}` === path);
          expect(record?.mode).to.equal(0o100000 | mode);
          expect(record?.content.equals(content)).to.equal(true);
        }
        const paths = records.map((record) => record.path);
        for (const path of paths) {
          const folder = path.slice(0, path.lastIndexOf('/'));
          if (!path.includes('/')) continue;
          expect(paths.indexOf(folder)).to.be.within(0, paths.indexOf(path) - 1);
        }
      }),
    );
  });

  it('refuses paths that lead elsewhere or occur twice', () => {
    for (const path of ['init', '/', '/a/', '//a', '/a/../b', '/./a', '/a\0b', '']) {
      expect(() => archive([file(path, '')]), path).to.throw(TypeError, 'absolute path');
    }
    expect(() => archive([file('/a', ''), file('/a', '')])).to.throw(TypeError, 'twice');
  });

  it('can be read by cpio(1)', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-cpio-'));
    try {
      const path = join(folder, 'archive');
      await writeFile(path, archive(EVERY_KIND));
      const { stdout, stderr } = await execa('cpio', ['-tv', '--numeric-uid-gid'], {
        inputFile: path,
        env: { LC_ALL: 'C', TZ: 'UTC' },
      }).catch((error: unknown) => {
        if (error instanceof ExecaError && error.code === 'ENOENT') this.skip();
        throw error;
      });
      expect(stderr).to.match(/^\d+ blocks?$/);
      expect(stdout.replace(/ +/g, ' ').split('\n')).to.deep.equal([
        'lrwxrwxrwx 1 0 0 7 Jan 1 1970 bin -> usr/bin',
        'drwxr-xr-x 2 0 0 0 Jan 1 1970 dev',
        'crw------- 1 0 0 5, 1 Jan 1 1970 dev/console',
        '-rwxr-xr-x 1 0 0 5 Jan 1 1970 init',
        'drwxrwxrwt 2 0 0 0 Jan 1 1970 tmp',
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
