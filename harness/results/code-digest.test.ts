import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { digestCode } from './code-digest.ts';

const ROOMS = ['agents', 'channel', 'machine', 'results', 'run', 'verdict', 'worker'];

describe('the digest of our own code', () => {
  let project: string;
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  };
  beforeEach(async () => {
    project = join(await mkdtemp(join(tmpdir(), 'kmx-code-')), 'testing');
    for (const room of ROOMS) await write(`harness/${room}/code.ts`, room);
    for (const leaf of ['errors', 'events', 'text']) await write(`harness/${leaf}.ts`, leaf);
    await write('package.json', '{}');
    await write('package-lock.json', 'wanted');
  });
  afterEach(() => rm(dirname(project), { recursive: true }));

  it('can be had of this project', async () => {
    expect(await digestCode()).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  for (const path of [
    ...ROOMS.map((room) => `harness/${room}/code.ts`),
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
