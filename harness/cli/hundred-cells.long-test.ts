/** Needs a container engine. Takes a minute or two. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { cacheRoot } from '../cache/cache-root.ts';
import { InfraError } from '../errors.ts';
import { connectEngine, type Engine } from '../machine/container/engine.ts';
import { readHostCgroupMode } from '../machine/container/host-cgroups.ts';
import { reportSchema } from '../report/schema.ts';
import { countTraces, type Traced, type Traces, watchCreated } from './testing/container-traces.ts';

const KMX = fileURLToPath(new URL('../../scripts/kmx', import.meta.url));
const CELLS = 100;
const TEST = ':runs a program and reports its exit code';
const LOOK_AGAIN_MS = 500;

const NONE: Traces = {
  ...{ containers: 0, images: 0, mounts: 0, cgroups: 0, processes: 0, files: 0 },
};

describe('a hundred cells in containers', () => {
  let folder: string;
  let engine: Engine;
  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'kmx-hundred-'));
    const found = await connectEngine().catch(orNone);
    if (found === undefined) return this.skip();
    engine = found;
    await mkdir(join(folder, 'tmp'));
    await writeFile(join(folder, 'matrix.yaml'), await makeMatrix());
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('leave nothing behind', async () => {
    const { client } = engine;
    using created = await watchCreated(client);
    const words = ['--matrix', join(folder, 'matrix.yaml'), 'run', '--out', join(folder, 'out')];
    const running = execa(KMX, [...words, '--only', TEST], {
      env: {
        ...{ KMX_HUNDRED: folder, TMPDIR: join(folder, 'tmp') },
        KMX_CACHE: cacheRoot(process.env),
      },
      ...{ all: true, stdin: 'ignore', reject: false },
    });
    const traced: Traced = {
      ...{ client, created, pid: running.pid ?? 0, mark: `KMX_HUNDRED=${folder}` },
      folders: [join(folder, 'tmp'), '/dev/shm'],
    };
    const most = await countMost(running, traced);
    const { exitCode, all } = await running;
    expect(exitCode, all).to.equal(0);
    expect(await readVerdicts(join(folder, 'out'))).to.deep.equal(
      Array.from({ length: CELLS }, () => ['pass', 'pass']),
    );
    expect(created.ownedBy(traced.pid).length).to.be.at.least(CELLS);
    // What is not seen while it is there would not be missed afterwards either. A rootless engine
    // mounts where its own processes alone see it.
    const { mounts, ...others } = most;
    const seen = engine.facts.isRootless ? others : { ...others, mounts };
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).to.be.above(0);
    expect(await countTraces(traced)).to.deep.equal(NONE);
  });
});

/** CI must not go without. */
function orNone(error: unknown): undefined {
  const isRequired = (process.env.KMX_REQUIRE_ENGINE ?? '') !== '';
  if (isRequired || !(error instanceof InfraError)) throw error;
  process.stderr.write(`      skipped: ${error.message}\n`);
}

/** A hundred agents that differ in their names alone. */
async function makeMatrix(): Promise<string> {
  const numbers = Array.from({ length: CELLS }, (_, place) => place + 1);
  return stringify({
    kernels: { host: { host: {} } },
    configs: { default: {} },
    cgroups: [await readHostCgroupMode()],
    agents: Object.fromEntries(
      numbers.map((number) => [`agent-${number}`, { reference: { guard: 'on' } }]),
    ),
    profiles: { quick: { description: 'all', select: [{ kernel: 'host' }] } },
  });
}

/** The highest count of each kind that was seen until the process ended. */
async function countMost(running: Promise<unknown>, traced: Traced): Promise<Traces> {
  let hasEnded = false;
  void running.finally(() => {
    hasEnded = true;
  });
  let most = NONE;
  while (!hasEnded) {
    const now = await countTraces(traced);
    most = {
      containers: Math.max(most.containers, now.containers),
      images: Math.max(most.images, now.images),
      mounts: Math.max(most.mounts, now.mounts),
      cgroups: Math.max(most.cgroups, now.cgroups),
      processes: Math.max(most.processes, now.processes),
      files: Math.max(most.files, now.files),
    };
    await sleep(LOOK_AGAIN_MS);
  }
  return most;
}

/** Of the tests of each cell. */
async function readVerdicts(out: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(join(out, 'latest/report.json'), 'utf8');
  const { cells } = reportSchema.parse(JSON.parse(text));
  return cells.map(({ tests }) => tests.map(({ verdict }) => verdict));
}
