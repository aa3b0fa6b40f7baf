/** What an attendant sees and holds, with scripts in place of machine, guests and workers. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunEvent, TestId } from '../../events.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import { scriptedWorkers, type WorkerScript } from '../../worker/testing/scripted-worker.ts';
import type { TestAttendant } from './attendant.ts';
import type { CellOptions } from './cell-options.ts';
import { runCell } from './cell-run.ts';
import { LogBudget } from './log-budget.ts';
import {
  booted,
  LIMITS,
  machineOf,
  PREPARED,
  panicking,
  restored,
} from './testing/scripted-cell.ts';

const TEST: TestId = { file: 'a.spec.ts', title: 'one' };
const CHECK = { number: 1, call: 'Check', atMs: 5, state: 'begin' } as const;

describe('an attended cell', () => {
  let folder: string;
  let log: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-attended-cell-'));
    log = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const attendant: TestAttendant = {
    async beforeTest({ cell, test, guest }) {
      log.push(`before ${test.title} of ${cell.id} in guest ${guest.number}`);
      expect(guest.agentPid).to.be.above(0);
    },
    async atFailure({ test, guest }) {
      log.push(`failed: ${test.title}`);
      // The guest still answers.
      await guest.client.processes();
      log.push('looked at');
    },
    onCall: ({ call, state }, { title }) => void log.push(`${call} ${state} of ${title}`),
  };

  async function run(script: WorkerScript, options: Partial<CellOptions> = {}): Promise<void> {
    await runCell({
      run: 'a run',
      prepared: PREPARED,
      machine: machineOf([booted], [restored]),
      spawnWorker: scriptedWorkers(script),
      limits: LIMITS,
      scenarios: { root: '/scenarios', files: ['/scenarios/a.spec.ts'] },
      isolation: 'test',
      cacheRoot: join(folder, 'cache'),
      folder: join(folder, 'cell'),
      retryPolicy: { retries: 0, missRetries: 0, isAsExpected: () => false },
      logBudget: new LogBudget(1_000_000_000),
      attendant,
      emit: (event: RunEvent) => {
        if (event.type === 'test-end') log.push(`${event.test.title}: ${event.verdict}`);
      },
      signal: new AbortController().signal,
      ...options,
    });
  }

  it('tells its workers, and has the attendant see the guest before the test uses it', async () => {
    await run(async (worker) => {
      expect(worker.start.isAttended).to.equal(true);
      // Between tests, nobody is told anything.
      worker.handlers.onCall(CHECK);
      await worker.handlers.onFailure();
      worker.sendTests([TEST]);
      await worker.runTest(TEST, async () => {
        log.push('the test runs');
        worker.handlers.onCall(CHECK);
        return undefined;
      });
      return undefined;
    });
    expect(log).to.deep.equal([
      'boots: pass',
      `before one of ${PREPARED.cell.id} in guest 1`,
      'the test runs',
      'Check begin of one',
      'one: pass',
    ]);
  });

  it('keeps the guest of a failed test while the attendant looks at it, once', async () => {
    await run(async (worker) => {
      worker.sendTests([TEST]);
      await worker.runTest(TEST, async () => {
        await worker.handlers.onFailure();
        await worker.handlers.onFailure();
        return { claim: 'fail', detail: { message: 'on purpose' } };
      });
      return undefined;
    });
    expect(log.slice(2)).to.deep.equal(['failed: one', 'looked at', 'one: fail']);
  });

  it('also has a failure seen that only the parent knows of', async () => {
    await run(async (worker) => {
      worker.sendTests([TEST]);
      worker.handlers.onTestBegin(TEST);
      await worker.handlers.lease(false);
      return { isDone: false, how: 'signal SIGKILL' };
    });
    expect(log.slice(2)).to.deep.equal(['failed: one', 'looked at', 'one: error']);
  });

  it('may save the guest before each call, and go back to that when the test has its verdict', async () => {
    const saving: TestAttendant = {
      savesGuests: true,
      async beforeCall({ guest, test }) {
        log.push(`${test.title} is about to make a call`);
        expect(guest.isSavable).to.equal(true);
        const saving = guest.save(await mkdtemp(join(folder, 'saved-')));
        // Calls to init wait meanwhile.
        const asked = guest.client.processes();
        expect(guest.isSavable).to.equal(false);
        saved = await saving;
        expect(await asked).to.deep.equal([]);
      },
      async afterTest({ guest, others, test }, { verdict }) {
        if (test.title !== 'one') return;
        log.push(`${test.title} has its verdict: ${verdict}`);
        const [name = ''] = (await readdir(folder)).filter((one) => one.startsWith('saved-'));
        const watcher = { folder: join(folder, 'others'), emit: () => {} };
        const state = { folder: join(folder, name), bytesBefore: saved };
        const again = (await others?.goBack(state, guest, watcher)) as LiveGuest;
        log.push(`another guest: ${again.agentPid === guest.agentPid}`);
        await again.end();
      },
    };
    let saved = { stdout: 0, stderr: 0 };
    await run(
      async (worker) => {
        expect(worker.start.holdsCalls).to.equal(true);
        worker.sendTests([TEST]);
        await worker.runTest(TEST, async () => {
          await worker.handlers.onBeforeCall();
          return { claim: 'fail', detail: { message: 'on purpose' } };
        });
        return undefined;
      },
      { attendant: saving },
    );
    expect(log).to.deep.equal([
      'boots: pass',
      'one is about to make a call',
      'one: fail',
      'one has its verdict: fail',
      'another guest: true',
    ]);
  });

  it('has nothing to see of a guest that did not come up', async () => {
    await run(async () => undefined, { machine: machineOf([panicking]) });
    expect(log).to.deep.equal(['boots: kernel-panic']);
  });
});
