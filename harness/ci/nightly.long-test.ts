import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { runJob, type StepResult } from './steps/run-job.ts';
import { readJob } from './steps/workflow.ts';
import { createTestHub, type TestHub } from './testing/github.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const NIGHTLY = '.github/workflows/nightly.yml';
const CELL = 'debian-6.12+default+v2+guarded';

describe('the nightly workflow, two nights of one cell, each in a fresh copy of the project', () => {
  let folder: string;
  let hub: TestHub;
  const log: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-nights-'));
    const run = (id: number, head_branch: string, head_repository_id = 1, expired = false) => {
      return { expired, workflow_run: { id, head_branch, repository_id: 1, head_repository_id } };
    };
    // The newest first, as GitHub lists them: of a fork, of another branch, expired, and right.
    const artifacts = [run(9, 'main', 2), run(8, 'other'), run(7, 'main', 1, true), run(6, 'main')];
    hub = await createTestHub(folder, { artifacts });
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(`${log.join('\n')}\n`);
  });

  /** All files that git would have, as they are now. */
  async function copyProject(to: string): Promise<void> {
    const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await execa('git', words, { cwd: PROJECT });
    for (const file of stdout.split('\0').filter((name) => name !== '')) {
      await mkdir(dirname(join(to, file)), { recursive: true });
      await cp(join(PROJECT, file), join(to, file));
    }
  }

  /** Nothing of this user's is where kmx keeps what it has; what tools were set up with still is. */
  async function environment(name: string): Promise<Record<string, string>> {
    const home = join(folder, `home-of-${name}`);
    await mkdir(home, { recursive: true });
    for (const file of ['.npmrc', '.config/pip']) {
      await cp(join(homedir(), file), join(home, file), { recursive: true }).catch(() => {});
    }
    const { KMX_CACHE: _, NODE_COMPILE_CACHE: __, ...others } = process.env;
    return {
      RUSTUP_HOME: join(homedir(), '.rustup'),
      CARGO_HOME: join(homedir(), '.cargo'),
      ...(others as Record<string, string>),
      ...hub.environment,
      ...{ HOME: home, XDG_CACHE_HOME: join(home, '.cache') },
      ...{ GITHUB_REPOSITORY: 'o/n', GITHUB_REF_NAME: 'main', GITHUB_RUN_ID: '1' },
      GITHUB_SERVER_URL: 'https://github.example',
    };
  }

  const workspace = (name: string) => join(folder, name);

  async function runIn(name: string, job: string, contexts: object = {}, more: object = {}) {
    const results = await runJob(readJob(join(PROJECT, NIGHTLY), job), {
      folder: workspace(name),
      environment: { ...(await environment(name)), ...more },
      contexts: { ...contexts, inputs: { profile: 'quick', only: CELL } },
      say: (line) => void log.push(line),
    });
    return new Map(results.map((result) => [result.name, result]));
  }

  const ran = (results: ReadonlyMap<string, StepResult>) =>
    [...results.values()].filter(({ outcome }) => outcome === 'success').map(({ name }) => name);

  it('finds the last complete night of this branch and repository', async () => {
    await mkdir(workspace('host'));
    const prepared = await runIn('host', 'prepare');
    expect(prepared.get('Find the last complete night')?.outputs).to.deep.equal({ run: '6' });
    expect(prepared.get('Look for KVM')?.outputs.container).to.match(
      /^--shm-size=4g( --device=\/dev\/kvm)?$/,
    );
  });

  it('goes on without one, and says so, if GitHub does not tell', async () => {
    const broken = await createTestHub(join(folder, 'broken'));
    await writeFile(broken.environment.FAKE_GH ?? '', 'broken');
    const begin = log.length;
    const prepared = await runIn('host', 'prepare', {}, broken.environment);
    const found = prepared.get('Find the last complete night');
    expect(found).to.deep.include({ outcome: 'success', outputs: {} });
    expect(log.slice(begin).join('\n')).to.contain('::warning title=baseline::');
  });

  it('measures, and leaves a report and a cache', async () => {
    await copyProject(workspace('first'));
    const night = await runIn('first', 'matrix');
    expect(ran(night)).to.include.members([
      'Set up',
      'Run the matrix',
      'Gather what is kept',
      "Pack kmx's cache",
    ]);
    expect(night.get('Check that it can be compared with')?.outputs).to.deep.equal({});
    const kept = join(workspace('first'), 'kmx-ci');
    expect(await readdir(join(kept, 'report'))).to.include.members([
      'index.html',
      'report.json',
      'junit.xml',
      'summary.md',
      'events.jsonl',
      'configs',
      'cells',
    ]);
    expect(night.get('Gather what is kept')?.outputs).to.include({ night: 'complete' });
    expect(night.get("Pack kmx's cache")?.outputs.key).to.match(/^kmx-cache-1-[0-9a-f]{32}$/);
  });

  it('begins the next night with that cache, restores its guests, and says what changed', async () => {
    await copyProject(workspace('second'));
    const [from, to] = ['first', 'second'].map((name) => join(workspace(name), 'kmx-ci'));
    // What actions/cache and actions/download-artifact do between two nights.
    await cp(join(from ?? '', 'kmx-cache.tar'), join(to ?? '', 'kmx-cache.tar'));
    await cp(join(from ?? '', 'report'), join(to ?? '', 'baseline'), { recursive: true });
    const begin = log.length;
    const night = await runIn('second', 'matrix');
    expect(ran(night)).to.include('Run the matrix');
    expect(log.slice(begin).join('\n')).to.match(/added to .*: .*1 kernel package, 1 saved guest/);
    const report = JSON.parse(await readFile(join(to ?? '', 'report/report.json'), 'utf8'));
    // The first guest only gets its agent, the others are restored; one scenario asks for a boot.
    const [{ guests, tests }] = report.cells;
    const origins = guests.map(({ from: origin }: { from: string }) => origin);
    expect(origins.slice(0, 2)).to.deep.equal(['L1', 'L2']);
    const booted = guests.filter(({ from: origin }: { from: string }) => origin === 'boot');
    const asking = tests.filter(({ file }: { file: string }) => file === 'lifecycle/boot.spec.ts');
    expect(booted.map(({ number }: { number: number }) => number)).to.deep.equal(
      asking.map(({ guest }: { guest: number }) => guest),
    );
    expect(report.baseline).to.deep.include({ from: 'kmx-ci/baseline', changes: [] });
    expect(
      report.cells[0].tests.some(({ cached }: { cached?: object }) => cached !== undefined),
    ).to.equal(false);
  });

  it('has nothing to say in an issue after a good night, and opens one if there is no report', async () => {
    await runIn('second', 'issue');
    const first = await hub.read();
    expect(first.calls.map(({ words }) => words[1]))
      .to.include('list')
      .and.not.include('create');
    await rm(join(workspace('second'), 'kmx-ci/report'), { recursive: true });
    await runIn('second', 'issue');
    expect((await hub.read()).issues).to.have.length(1);
  });

  it('publishes the page with what it links to', async () => {
    await mkdir(workspace('pages'));
    await cp(join(workspace('first'), 'kmx-ci/report'), join(workspace('pages'), 'report'), {
      recursive: true,
    });
    expect(ran(await runIn('pages', 'pages'))).to.have.length(1);
    expect(await readdir(join(workspace('pages'), 'site'))).to.include.members([
      'index.html',
      'cells',
    ]);
  });
});
