import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DIGESTED_LEAVES, DIGESTED_ROOMS, digestCode, OTHER_ROOMS } from './code-digest.ts';

const HARNESS = fileURLToPath(new URL('..', import.meta.url));

/** What the code of a room imports from outside of it: names of rooms, and of files beside them. */
async function importsOf(room: string): Promise<readonly string[]> {
  const paths = await readdir(join(HARNESS, room), { recursive: true });
  const code = paths.filter((path) => path.endsWith('.ts') && !/test\.ts$|testing\//.test(path));
  const imported = code.map(async (path) => {
    const text = await readFile(join(HARNESS, room, path), 'utf8');
    return [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, to = '']) =>
      relative(HARNESS, join(HARNESS, room, dirname(path), to)),
    );
  });
  const targets = (await Promise.all(imported)).flat();
  return targets.map((target) => target.split(sep, 1)[0] ?? '');
}

describe('the digest of our own code', () => {
  let project: string;
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  };
  beforeEach(async () => {
    project = join(await mkdtemp(join(tmpdir(), 'kmx-code-')), 'testing');
    for (const room of DIGESTED_ROOMS) await write(`harness/${room}/code.ts`, room);
    for (const leaf of DIGESTED_LEAVES) await write(`harness/${leaf}`, leaf);
    await write('package.json', '{}');
    await write('package-lock.json', 'wanted');
  });
  afterEach(() => rm(dirname(project), { recursive: true }));

  it('can be had of this project', async () => {
    expect(await digestCode()).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it('leaves out nothing that its code imports, but for rooms whose effect the key has', async () => {
    const known = new Set<string>([...DIGESTED_ROOMS, ...OTHER_ROOMS, ...DIGESTED_LEAVES]);
    for (const room of DIGESTED_ROOMS) {
      const unknown = (await importsOf(room)).filter((name) => !known.has(name));
      expect(unknown, room).to.deep.equal([]);
    }
    expect(await importsOf('run')).to.include.members(['live-guest', 'matrix', 'events.ts']);
  });

  for (const path of [
    ...DIGESTED_ROOMS.map((room) => `harness/${room}/code.ts`),
    'harness/machine/qemu/new.ts',
    'harness/events.ts',
    'package.json',
    'package-lock.json',
  ]) {
    it(`is another one if ${path} is`, async () => {
      const before = await digestCode(project);
      await write(path, 'another');
      expect(await digestCode(project)).not.to.equal(before);
    });
  }

  it('is the same if only tests, reports or commands are others', async () => {
    const before = await digestCode(project);
    for (const path of ['run/a.test.ts', 'run/a.guest-test.ts', 'run/testing/a.ts', 'cli/a.ts']) {
      await write(`harness/${path}`, 'another');
    }
    expect(await digestCode(project)).to.equal(before);
  });

  it('goes by the packages that are installed, where npm says which', async () => {
    await write('node_modules/.package-lock.json', 'installed');
    const before = await digestCode(project);
    await write('package-lock.json', 'wanted later');
    expect(await digestCode(project)).to.equal(before);
    await write('node_modules/.package-lock.json', 'installed by now');
    expect(await digestCode(project)).not.to.equal(before);
  });
});
