/** The result cache with real guests: what is run again and what is not. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { cacheRoot } from '../cache/cache-root.ts';
import type { RunEvent } from '../events.ts';
import { createMachine } from '../machine/machines.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import { selectCells } from '../matrix/select.ts';
import { resolveKernels } from '../prepare/run-inputs.ts';
import { readLastRuns } from '../results/last-runs.ts';
import { openRunResults } from '../results/run-results.ts';
import type { RunPlanOptions } from '../run/plan-options.ts';
import { runPlan } from '../run/run-plan.ts';
import { loadMatrix } from './load-matrix.ts';
import { guestBinaries, scenarioRoot } from './project.ts';
import { hostFacts } from './run-host.ts';

/** A single guest, with a CPU to itself. */
const HOST = { accelerator: 'tcg', jobs: 1, cpus: 1 };

const qemu = () => createMachine({ kind: 'qemu', options: { accelerator: 'tcg' } });

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const IMPORTING = `
import { expect } from './support/expect.ts';
import { useGuest } from './support/guest.ts';
import { FILE } from './file.ts';

describe('importing', () => {
  const guest = useGuest();
  it('reads a file', async () => {
    expect(await guest.inside.readFile(FILE)).not.to.equal('');
  });
  it('reads a file that is not there', async () => {
    await guest.inside.readFile('/not/there');
  });
});
`;
const ALONE = `
import { useGuest } from './support/guest.ts';

describe('alone', () => {
  const guest = useGuest();
  it('asks the agent', async () => {
    await guest.agent.check();
  });
  it('is skipped', function () {
    this.skip();
  });
});
`;

type TestEnd = Extract<RunEvent, { type: 'test-end' }>;

const endsOf = (events: readonly RunEvent[]): readonly TestEnd[] =>
  events.filter((event) => event.type === 'test-end');
const namesOf = (ends: readonly TestEnd[]): readonly string[] =>
  ends.map(({ test }) => test.title).toSorted();
const isFresh = ({ cached }: TestEnd): boolean => cached === undefined;
const guestsOf = (events: readonly RunEvent[]): number =>
  events.filter(({ type }) => type === 'guest-begin').length;
const verdictsOf = (events: readonly RunEvent[]) =>
  Object.fromEntries(endsOf(events).map(({ test, verdict }) => [test.title, verdict]));

describe('the result cache', () => {
  let folder: string;
  let scenarios: string;
  /** What changes from run to run, if anything. */
  let others: Partial<RunPlanOptions>;
  let isRead: boolean;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-result-cache-'));
    scenarios = join(folder, 'scenarios');
    others = {};
    isRead = true;
    await mkdir(scenarios);
    // As in the project: scenarios import packages and files of the harness.
    await symlink(join(PROJECT, 'harness'), join(folder, 'harness'));
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await cp(join(scenarioRoot, 'support'), join(scenarios, 'support'), { recursive: true });
    await writeFile(join(scenarios, 'file.ts'), "export const FILE = '/proc/version';\n");
    await writeFile(join(scenarios, 'importing.spec.ts'), IMPORTING);
    await writeFile(join(scenarios, 'alone.spec.ts'), ALONE);
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** All events of a run of one cell. */
  async function run(id: string): Promise<readonly RunEvent[]> {
    const matrix = loadMatrix('matrix.yaml');
    const plan = selectCells(matrix, { only: ['debian-6.12+default+v2+guarded'] });
    const root = cacheRoot(process.env);
    const events: RunEvent[] = [];
    const results = await openRunResults({
      cacheRoot: join(folder, 'cache'),
      scenarioRoot: scenarios,
      isRead,
      host: { accelerator: 'tcg' },
      digestCode: async () => 'sha256:code',
      report: (line) => {
        throw new Error(line);
      },
    });
    const limits = scaleLimits(matrix.limits, HOST);
    await runPlan({
      run: id,
      inputs: {},
      folder: join(folder, 'reports', id),
      matrix,
      plan,
      scenarioRoot: scenarios,
      scenarioFiles: ['alone', 'importing'].map((name) => join(scenarios, `${name}.spec.ts`)),
      machines: new Map([['qemu', { machine: await qemu(), limits, inputs: {} }]]),
      kernels: await resolveKernels(matrix, plan, { cacheRoot: root, onProgress: () => {} }),
      cacheRoot: root,
      guestBinaries,
      host: hostFacts([]),
      jobs: 1,
      isolation: matrix.isolation,
      retries: 0,
      missRetries: 0,
      known: { expectations: [known('fail')], isFiltered: false, isWholeMatrix: false },
      results,
      emit: (event) => void events.push(event),
      signal: new AbortController().signal,
      ...others,
    });
    return events;
  }

  it('has an unchanged cell come to the same without a guest, and runs again what a changed file is imported by', async () => {
    const first = await run('first');
    expect(endsOf(first).filter(isFresh)).to.have.length(5);
    expect(verdictsOf(first)).to.include({
      'importing › reads a file that is not there': 'fail',
      'alone › is skipped': 'skip',
    });
    const lastRuns = await readLastRuns(join(folder, 'cache'));
    expect([...lastRuns.keys()]).to.deep.equal(['debian-6.12+default+v2+guarded']);

    const second = await run('second');
    expect(guestsOf(second)).to.equal(0);
    expect(verdictsOf(second)).to.deep.equal(verdictsOf(first));
    for (const { cached } of endsOf(second)) expect(cached?.run).to.equal('first');

    await writeFile(join(scenarios, 'file.ts'), "export const FILE = '/proc/uptime';\n");
    const third = await run('third');
    expect(namesOf(endsOf(third).filter(isFresh))).to.deep.equal([
      'boots',
      'importing › reads a file',
      'importing › reads a file that is not there',
    ]);
    expect(verdictsOf(third)).to.deep.equal(verdictsOf(first));
    const planned = third.find(({ type }) => type === 'tests');
    expect(planned).to.have.property('tests').with.length(4);

    const fourth = await run('fourth');
    expect(guestsOf(fourth)).to.equal(0);
    const runs = endsOf(fourth).map(({ test, cached }) => `${test.file} ${cached?.run}`);
    expect([...new Set(runs)].toSorted()).to.deep.equal([
      'alone.spec.ts first',
      'boots third',
      'importing.spec.ts third',
    ]);
  });

  it('has a filter need no guest the second time, and leave what it left out to a later run', async () => {
    others = { testFilter: 'alone agent' };
    expect(verdictsOf(await run('first'))).to.have.keys('boots', 'alone › asks the agent');
    const second = await run('second');
    expect(guestsOf(second)).to.equal(0);
    expect(verdictsOf(second)).to.have.keys('boots', 'alone › asks the agent');
    others = {};
    const third = await run('third');
    const taken = endsOf(third).filter((end) => !isFresh(end));
    expect(namesOf(taken)).to.deep.equal(['alone › asks the agent']);
    expect(endsOf(third)).to.have.length(5);
  });

  it('has a failure run again, alone, once it is expected no more, and all of it if it is not read', async () => {
    const first = await run('first');
    others = { known: { expectations: [], isFiltered: false, isWholeMatrix: false } };
    const second = await run('second');
    expect(namesOf(endsOf(second).filter(isFresh))).to.deep.equal([
      'boots',
      'importing › reads a file that is not there',
    ]);
    expect(verdictsOf(second)).to.deep.equal(verdictsOf(first));
    const { limits } = loadMatrix('matrix.yaml');
    const longer = scaleLimits({ ...limits, callTimeoutMs: 30_001 }, HOST);
    others = {
      machines: new Map([['qemu', { machine: await qemu(), limits: longer, inputs: {} }]]),
    };
    expect(endsOf(await run('other limits')).filter(isFresh)).to.have.length(5);
    others = {};
    isRead = false;
    expect(endsOf(await run('not read')).filter(isFresh)).to.have.length(5);
    isRead = true;
    const last = await run('last');
    expect(guestsOf(last)).to.equal(0);
    for (const { cached } of endsOf(last)) expect(cached?.run).to.equal('not read');
  });
});

function known(outcome: 'fail') {
  return {
    line: 1,
    where: {},
    tests: ['importing.spec.ts: *not there'],
    outcome,
    reason: 'there is no such file',
    expires: '2999-12-31',
  };
}
