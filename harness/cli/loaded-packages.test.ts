import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const RECORDER = new URL('testing/record-packages.ts', import.meta.url).href;

/** A run that needs no guest: its kernel cannot be fetched. */
const MATRIX = `
kernels:
  none: { debian: { suite: [bookworm], series: "6.1" } }
configs: { stock: {} }
agents: { guarded: { reference: { guard: "on" } } }
profiles: { quick: { select: [{}] } }
`;

/** Half a second and 54 MiB: only what starts containers, or looks for an engine, may load it. */
describe('The library for container engines', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-packages-'));
    writeFileSync(join(folder, 'packages'), '');
    writeFileSync(join(folder, 'matrix.yaml'), MATRIX);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function packagesOf(...words: readonly string[]) {
    const file = join(folder, 'packages');
    const env = { KMX_TEST_PACKAGES: file, KMX_CACHE: join(folder, 'cache'), DOCKER_HOST: '' };
    const { all } = await execa(process.execPath, [MAIN, ...words], {
      cwd: PROJECT,
      env: { ...env, NODE_OPTIONS: `--import=${RECORDER}` },
      reject: false,
      all: true,
    });
    return { all, packages: readFileSync(file, 'utf8').trim().split('\n') };
  }

  const isForEngines = (name: string): boolean => /^(testcontainers|docker.*)$/.test(name);

  for (const words of [
    ['--help'],
    ['run', '--help'],
    ['list', '--profile', 'nightly'],
    ['cache'],
    ['check', '--host'],
    ['classify', 'README.md'],
  ]) {
    it(`is not loaded by kmx ${words.join(' ')}`, async () => {
      const { packages } = await packagesOf(...words);
      expect(packages).to.include('commander');
      expect(packages.filter(isForEngines)).to.deep.equal([]);
      // Only JUnit reports are XML.
      expect(packages).not.to.include('sax');
    });
  }

  it('is not loaded by a run whose guests are virtual machines', async () => {
    const { packages, all } = await packagesOf(
      ...['--matrix', join(folder, 'matrix.yaml'), 'run', '--offline', '--out', folder],
    );
    expect(all).to.contain('none+stock+v1+guarded');
    expect(packages).to.include.members(['commander', 'p-limit', 'yaml']);
    expect(packages.filter(isForEngines)).to.deep.equal([]);
  });

  it('is loaded to look for an engine', async () => {
    const { packages } = await packagesOf('doctor');
    expect(packages.filter(isForEngines)).to.include.members(['testcontainers', 'dockerode']);
  });
});
