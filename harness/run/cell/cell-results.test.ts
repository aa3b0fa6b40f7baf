import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestOf } from '../../cache/digest.ts';
import { BOOTS, type RunEvent, stampCellEvents, type TestId } from '../../events.ts';
import { digestKernel } from '../../kernels/kernel-digest.ts';
import { scaleLimits } from '../../matrix/scaled-limits.ts';
import { testCell } from '../../matrix/testing/test-cell.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { readLastRuns } from '../../results/last-runs.ts';
import { openRunResults, type RunResults } from '../../results/run-results.ts';
import { probedFacts } from '../../testing/probed-facts.ts';
import type { CellOptions } from './cell-options.ts';
import { type CellResults, emitRecalled, openCellResults } from './cell-results.ts';
import { LogBudget } from './log-budget.ts';

const time = '2026-11-25T10:00:00.000Z';
const one: TestId = { file: 'a.spec.ts', title: 'one' };
const cell = testCell({ kernel: 'k', config: 'c', cgroup: 'v1', agent: 'a' });
const limits = scaleLimits(
  {
    bootTimeoutMs: 1,
    callTimeoutMs: 1,
    testTimeoutMs: 1,
    drainTimeoutMs: 1,
    heartbeatTimeoutMs: 1,
    memoryMib: 1,
    cpus: 1,
    consoleBytes: 1,
    runLogBytes: 1_000_000_000,
  },
  { accelerator: 'tcg', jobs: 1, cpus: 1 },
);
const end = (test: TestId): RunEvent => ({
  type: 'test-end',
  time,
  cell: cell.id,
  test,
  verdict: 'pass',
  durationMs: 1,
  guest: 1,
  findings: [],
});

describe("a cell's results", () => {
  let folder: string;
  let spec: string;
  const state = { code: '' };
  let reported: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-cell-results-'));
    spec = join(folder, 'a.spec.ts');
    state.code = 'sha256:code';
    reported = [];
    await writeFile(spec, 'spec');
    await writeFile(join(folder, 'vmlinuz'), 'kernel');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const openRun = (isRead = true): Promise<RunResults> =>
    openRunResults({
      cacheRoot: join(folder, 'cache'),
      scenarioRoot: folder,
      isRead,
      host: {},
      digestCode: async () => state.code,
      report: (line) => void reported.push(line),
    });

  async function openCell(results?: RunResults): Promise<CellResults> {
    const image = join(folder, 'vmlinuz');
    const digest = await digestKernel({ image });
    const options: CellOptions = {
      run: 'now',
      prepared: {
        cell,
        kernel: { release: '6.1.0', image, digest, origin: 'path' },
        boot: {
          ...{ kind: 'vm', image, initramfs: '', bootParameters: [] },
          bare: { initramfs: '', digest: '' },
        },
        agentFiles: [],
        leaveUnmounted: [],
        agent: { argv: [], environment: {}, socket: '' },
        digest,
      },
      machine: { boot: () => Promise.reject(new Error('Expected no guest')) },
      limits,
      isolation: 'test',
      cacheRoot: join(folder, 'cache'),
      scenarios: { root: folder, files: [spec] },
      folder,
      retryPolicy: { retries: 0, missRetries: 0, isAsExpected: () => true },
      ...omitUndefined({ results }),
      logBudget: new LogBudget(1_000_000_000),
      emit: () => {},
      signal: new AbortController().signal,
    };
    return await openCellResults(options);
  }

  /** Emits what a cell would whose guest and worker have run its tests. */
  async function runCell(results: RunResults, meanwhile: () => unknown = () => {}): Promise<void> {
    const run = await openCell(results);
    run.onModules({ [spec]: { [spec]: digestOf('spec') } });
    run.onTests([one]);
    await meanwhile();
    for (const test of [BOOTS, one]) run.observe(end(test));
    run.observe({ type: 'cell-end', time, cell: cell.id, durationMs: 1234 });
    await run.keep();
    await results.close();
  }

  function eventsOf(recalled: CellResults['recalled'], isPlanned: boolean): readonly RunEvent[] {
    const events: RunEvent[] = [];
    const emit = stampCellEvents(cell.id, (event) => void events.push(event));
    emitRecalled(emit, recalled, isPlanned);
    return events;
  }

  const countRecalled = async (results?: RunResults): Promise<number> =>
    (await openCell(results)).recalled.tests.length;

  it('are reused by the next run, as events that name this one', async () => {
    await runCell(await openRun());
    const { recalled } = await openCell(await openRun());
    expect(recalled.isWhole).to.equal(true);
    const events = eventsOf(recalled, false);
    expect(events.map(({ type }) => type)).to.deep.equal(['tests', 'test-end', 'test-end']);
    for (const event of events.slice(1)) {
      expect(event).to.deep.include({ cached: { run: 'now', time }, verdict: 'pass' });
      expect(event).not.to.have.property('guest');
    }
    const planned = eventsOf(recalled, true);
    expect(planned.map(({ type }) => type)).to.deep.equal(['test-end', 'test-end']);
  });

  it('come with what a guest said when they were measured', async () => {
    const results = await openRun();
    const run = await openCell(results);
    const digest = `sha256:${'1'.repeat(64)}`;
    const facts = {
      ...{ release: '6.12.0', cmdline: 'quiet', cpus: 2, memoryMib: 256, cgroup: 'v1' as const },
      ...{ controllers: ['cpu'], v1Mounts: {}, v2Controllers: [], disagreements: [] },
      probed: digest,
    };
    run.onModules({ [spec]: { [spec]: digestOf('spec') } });
    run.onTests([one]);
    run.observe({ type: 'facts', time, digest, facts: probedFacts() });
    run.observe({ type: 'guest-ready', time, cell: cell.id, guest: 1, bootMs: 1, facts });
    for (const test of [BOOTS, one]) run.observe(end(test));
    await run.keep();
    const events = eventsOf((await openCell(await openRun())).recalled, false);
    const [said, recalled] = events;
    expect(said).to.deep.include({ type: 'facts', digest, facts: probedFacts() });
    expect(said).not.to.have.property('cell');
    expect(recalled).to.deep.include({ type: 'facts-recalled', cell: cell.id, facts });
  });

  it('are kept but not reused if they are not to be read, and neither without a cache', async () => {
    await runCell(await openRun(false));
    expect(await countRecalled(await openRun(false))).to.equal(0);
    expect(await countRecalled()).to.equal(0);
    expect(await countRecalled(await openRun())).to.equal(2);
  });

  for (const [what, change] of [
    ['our own code', () => Object.assign(state, { code: 'sha256:later' })],
    ['the kernel', () => writeFile(join(folder, 'vmlinuz'), 'built anew')],
  ] as const) {
    it(`are not kept if ${what} has changed in the meantime`, async () => {
      const results = await openRun();
      await runCell(results, change);
      state.code = 'sha256:code';
      await writeFile(join(folder, 'vmlinuz'), 'kernel');
      expect(await countRecalled(await openRun())).to.equal(0);
    });
  }

  it('are not kept for a spec file that changed between two workers', async () => {
    const results = await openRun();
    const run = await openCell(results);
    run.onTests([one]);
    run.onModules({ [spec]: { [spec]: digestOf('older spec') } });
    run.onModules({ [spec]: { [spec]: digestOf('spec') } });
    for (const test of [BOOTS, one]) run.observe(end(test));
    await run.keep();
    const { recalled } = await openCell(await openRun());
    expect(recalled).to.deep.equal({ tests: [], isWhole: false });
  });

  it('include when the cell ran, and how long it took if all of it did', async () => {
    await runCell(await openRun());
    const runs = await readLastRuns(join(folder, 'cache'));
    const known = { at: time, isBad: false, durationMs: 1234 };
    expect(Object.fromEntries(runs)).to.deep.equal({ [cell.id]: known });
    const results = await openRun();
    const run = await openCell(results);
    run.observe({ type: 'cell-end', time, cell: cell.id, durationMs: 1 });
    await run.keep();
    await results.close();
    expect((await readLastRuns(join(folder, 'cache'))).get(cell.id)).to.deep.equal(known);
  });

  it('that cannot be written are reported once, and fail nothing', async () => {
    // In the place of the folder of results.
    await writeFile(join(folder, 'cache'), '');
    await runCell(await openRun());
    expect(reported).to.have.length(1);
    expect(reported[0]).to.match(/^results are not kept for the next run: /);
  });
});
