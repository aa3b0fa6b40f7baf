/**
 * Two kernels are really built, from sources that Debian offers, in a cache of their own: some six minutes on
 * two CPUs that have nothing else to do. They differ in one symbol that few objects depend on.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { digestFile } from '../cache/digest.ts';
import { reportSchema } from '../report/schema.ts';

const KMX = fileURLToPath(new URL('../../scripts/kmx', import.meta.url));
const SPEC = 'cpu/quota.spec.ts';

const MATRIX = {
  kernels: {
    built: {
      source: {
        debian: { suite: ['bookworm', 'bookworm-security'], package: 'linux-source-6.12' },
      },
    },
  },
  configs: {
    'v1-off': { symbols: ['CONFIG_CPUSETS_V1=n'] },
    'v1-on': { symbols: ['CONFIG_CPUSETS_V1=y'] },
  },
  cgroups: ['v1'],
  agents: { unguarded: { reference: { guard: 'off' } } },
  profiles: { quick: { select: [{ kernel: 'built', scenarios: [SPEC] }] } },
};

interface Build {
  readonly config: string;
  readonly objects: number;
  readonly isIncremental: boolean;
}

describe('a kernel that is built without an option and with it', () => {
  let folder: string;
  let output: string;
  let report: ReturnType<typeof reportSchema.parse>;
  let builds: readonly Build[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-built-'));
    const cache = join(folder, 'cache');
    await writeFile(join(folder, 'matrix.yaml'), stringify(MATRIX));
    const words = ['--matrix', join(folder, 'matrix.yaml'), 'run', '--out', join(folder, 'out')];
    const ran = await execa(KMX, words, {
      ...{ env: { KMX_CACHE: cache }, all: true, stdin: 'ignore', reject: false },
    });
    output = ran.all;
    const text = await readFile(join(folder, 'out/latest/report.json'), 'utf8').catch(() => {
      throw new Error(`Expected a report, found:\n${output}`);
    });
    report = reportSchema.parse(JSON.parse(text));
    builds = await readBuilds(join(cache, 'builds'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('boots, and has the configuration that was asked for: its guests say so', () => {
    const found = report.kernels.map(({ config }) => config?.from);
    expect(found, output).to.deep.equal(['guest', 'guest']);
    const digests = report.kernels.map(({ config }) => config?.digest);
    expect(digests.toSorted()).to.deep.equal(builds.map(({ config }) => config).toSorted());
  });

  it('makes an agent panic that takes it for granted, and then no longer', () => {
    const verdicts = report.cells.map(({ tests }) => [
      ...new Set(tests.filter(({ file }) => file === SPEC).map(({ verdict }) => verdict)),
    ]);
    expect(verdicts, output).to.deep.equal([['agent-panic'], ['pass']]);
  });

  it('takes far fewer objects the second time', () => {
    const [first = 0, second = 0] = builds
      .toSorted((one, other) => Number(one.isIncremental) - Number(other.isIncremental))
      .map(({ objects }) => objects);
    expect(builds.filter(({ isIncremental }) => isIncremental)).to.have.length(1);
    expect(second).to.be.within(1, first / 2);
  });
});

async function readBuilds(folder: string): Promise<Build[]> {
  const entries = await readdir(folder);
  return await Promise.all(
    entries.map(async (entry) => ({
      ...(JSON.parse(await readFile(join(folder, entry, 'build.json'), 'utf8')) as Build),
      config: await digestFile(join(folder, entry, 'config')),
    })),
  );
}
