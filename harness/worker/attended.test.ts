/** Workers of attended tests: real processes with real mocha, and an agent that is a script. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { HealthCheckResponseSchema } from '../agents/kata/generated/health_pb.js';
import { type ScriptedAgent, startScriptedAgent } from '../agents/testing/scripted-agent.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import { spawnWorker, type WorkerHandlers } from './host.ts';
import type { WorkerStart } from './messages.ts';

/** Limits of the hook and the test; tests are held for several times as long. */
const LIMIT_MS = 1000;
const HELD_MS = 2500;

const SPEC = `
describe('a scenario', () => {
  beforeEach('a guest', async function () {
    this.timeout(${LIMIT_MS});
    await this.session.lease();
    this.session.onTestEnd(async () => void (await this.session.agent.check()));
  });
  it('fails', async function () {
    this.timeout(${LIMIT_MS});
    await this.session.agent.check();
    throw new Error('on purpose');
  });
  it('passes', async function () {
    await this.session.agent.check();
  });
  describe('with a hook that fails', () => {
    beforeEach('broken', async () => { throw new Error('in the hook'); });
    it('never runs', () => {});
  });
});
`;

describe('a worker of attended tests', function () {
  this.timeout(60_000);
  let folder: string;
  let agent: ScriptedAgent;
  let log: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-attended-'));
    await writeFile(join(folder, 'a.spec.mjs'), SPEC);
    agent = await startScriptedAgent();
    log = [];
  });
  afterEach(async () => {
    await agent[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function answerChecks(): Promise<void> {
    for (;;) (await agent.nextCall()).answer(HealthCheckResponseSchema, { status: 1 });
  }

  async function run(isAttended: boolean, holdsCalls = false): Promise<readonly string[]> {
    const start: WorkerStart = {
      type: 'start',
      cell: testCell(),
      facts: {
        ...{ release: '6.12.0', cmdline: '', cpus: 1, memoryMib: 256, cgroup: 'v2' },
        ...{ controllers: [], v1Mounts: {}, v2Controllers: [], disagreements: [] },
      },
      scenarioFiles: [join(folder, 'a.spec.mjs')],
      scenarioRoot: folder,
      ...(isAttended && { isAttended, holdsCalls }),
      limits: {
        ...{ bootTimeoutMs: 9000, callTimeoutMs: 9000, testTimeoutMs: LIMIT_MS },
        ...{ settleTimeoutMs: 9000, healthTimeoutMs: 9000, leaseGraceMs: 9000 },
      },
    };
    const refuse = () => Promise.reject(new Error('Not expected'));
    const handlers: WorkerHandlers = {
      onTests: () => {},
      onModules: () => {},
      onTestBegin: ({ title }) => void log.push(`${title} begins`),
      onTestEnd: ({ title }, { claim, detail }) =>
        void log.push(`${title}: ${claim}${detail === undefined ? '' : ` ${detail.message}`}`),
      onCall: ({ number, call, state }) => void log.push(`${number} ${call} ${state}`),
      async onBeforeCall() {
        log.push('a call waits');
        await sleep(LIMIT_MS);
        log.push('it goes on');
      },
      async onFailure() {
        log.push('held');
        await sleep(HELD_MS);
        log.push('released');
      },
      async lease() {
        await sleep(isAttended ? HELD_MS : 0);
        return { guest: 1, agentSocket: agent.socketPath };
      },
      ...{ takePicture: refuse, call: refuse },
    };
    void answerChecks();
    await using worker = spawnWorker(join(folder, 'worker.log')).start(start, handlers);
    const { isDone } = await worker.ended;
    expect(isDone, await readFile(join(folder, 'worker.log'), 'utf8')).to.equal(true);
    return log.map((line) => line.replace('a scenario › ', ''));
  }

  it('are held outside of their limits, with nothing cleaned up, and their calls are told', async () => {
    const prefix = 'with a hook that fails › ';
    expect(await run(true)).to.deep.equal([
      'fails begins',
      ...['1 Check begin', '1 Check answered'],
      ...['held', 'released'],
      ...['2 Check begin', '2 Check answered'],
      'fails: error on purpose',
      'passes begins',
      ...['1 Check begin', '1 Check answered', '2 Check begin', '2 Check answered'],
      'passes: pass',
      `${prefix}never runs begins`,
      ...['held', 'released'],
      `${prefix}never runs: error "before each" hook: broken for "never runs": in the hook`,
      ...['1 Check begin', '1 Check answered'],
    ]);
  });

  it('may have each call held until somebody has seen the guest before it', async () => {
    const lines = await run(true, true);
    const held = ['a call waits', 'it goes on'];
    expect(lines.slice(0, 9)).to.deep.equal([
      ...['fails begins', ...held, '1 Check begin', '1 Check answered'],
      // Nothing is held any more once it has failed.
      ...['held', 'released', '2 Check begin', '2 Check answered'],
    ]);
    expect(
      lines.slice(lines.indexOf('passes begins'), lines.indexOf('passes: pass')),
    ).to.deep.equal([
      'passes begins',
      ...[...held, '1 Check begin', '1 Check answered'],
      ...[...held, '2 Check begin', '2 Check answered'],
    ]);
  });

  it('that nobody attends neither wait nor tell', async () => {
    const lines = await run(false);
    expect(lines.filter((line) => /held|released|Check/.test(line))).to.deep.equal([]);
    expect(lines).to.include('fails: error on purpose');
  });
});
