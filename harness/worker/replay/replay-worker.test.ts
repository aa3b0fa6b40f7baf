/** Calls made again over a real connection, by an agent that is a script. */
import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { expect } from 'chai';
import { RemoveContainerRequestSchema } from '../../agents/kata/generated/agent_pb.js';
import { HealthCheckResponseSchema } from '../../agents/kata/generated/health_pb.js';
import { Code } from '../../agents/kata/generated/ttrpc_pb.js';
import { type ScriptedAgent, startScriptedAgent } from '../../agents/testing/scripted-agent.ts';
import type { TestId } from '../../events.ts';
import { testCell } from '../../matrix/testing/test-cell.ts';
import type { RepeatableCall } from '../../trace/repeatable-calls.ts';
import { GuestLost } from '../guest-lost.ts';
import type { WorkerHandlers } from '../host.ts';
import type { TestResult, WorkerStart } from '../messages.ts';
import type { Replay } from './make-calls.ts';
import { replayWorker } from './replay-worker.ts';

const TEST: TestId = { file: 'replayed', title: '1' };

function remove(
  number: number,
  after: readonly number[],
  recorded: RepeatableCall['recorded'] = 'answered',
) {
  const request = { containerId: `c${number}` };
  return { number, call: 'RemoveContainer', request, after, recorded } as const;
}

describe('a worker that makes recorded calls', () => {
  let peer: ScriptedAgent;
  beforeEach(async () => {
    peer = await startScriptedAgent();
  });
  afterEach(() => peer[Symbol.asyncDispose]());

  function start(replays: readonly Replay[], handlers: Partial<WorkerHandlers> = {}) {
    const results: TestResult[] = [];
    const listed: unknown[] = [];
    const left = [...replays];
    const refuse = () => Promise.reject(new GuestLost('not asked for here'));
    const limits = {
      ...{ bootTimeoutMs: 5000, callTimeoutMs: 300, testTimeoutMs: 5000, settleTimeoutMs: 5000 },
      ...{ healthTimeoutMs: 5000, leaseGraceMs: 5000 },
    };
    const message: WorkerStart = {
      ...{ type: 'start', cell: testCell(), scenarioFiles: [], scenarioRoot: '/', limits },
      facts: {
        ...{ release: '', cmdline: '', cpus: 1, memoryMib: 1, cgroup: 'v1', controllers: [] },
        ...{ v1Mounts: {}, v2Controllers: [], disagreements: [] },
      },
    };
    const worker = replayWorker(async () => {
      const replay = left.shift();
      return replay && { ...replay, test: TEST };
    });
    const host = worker.start(message, {
      ...{
        onModules: () => {},
        onTestBegin: () => {},
        onCall: () => {},
        onBeforeCall: async () => {},
        onFailure: async () => {},
      },
      onTests: (...lists) => void listed.push(lists),
      onTestEnd: (_test, result) => void results.push(result),
      lease: async () => ({ guest: 1, agentSocket: peer.socketPath }),
      ...{ takePicture: refuse, call: refuse },
      ...handlers,
    });
    return { host, results, listed };
  }

  it('makes each when those have ended that had before, and others at the same time', async () => {
    const calls = [remove(1, []), remove(2, []), remove(4, [1, 2, 3])];
    const { host, results, listed } = start([{ calls }]);
    const [one, two] = [await peer.nextCall(), await peer.nextCall()];
    const idOf = (call: typeof one) => call.read(RemoveContainerRequestSchema).containerId;
    expect([idOf(one), idOf(two)]).to.deep.equal(['c1', 'c2']);
    two.answer(EmptySchema, {});
    one.answer(EmptySchema, {});
    const last = await peer.nextCall();
    expect(idOf(last)).to.equal('c4');
    last.answer(EmptySchema, {});
    expect(await host.ended).to.deep.include({ isDone: true });
    expect(results.map(({ claim }) => claim)).to.deep.equal(['pass']);
    expect(listed).to.deep.equal([[[], []]]);
  });

  it('goes on behind a refusal, and claims the one that the test has claimed', async () => {
    const calls = [remove(1, [], 'refused'), remove(2, [1])];
    const message = 'RemoveContainer was refused: INTERNAL: second';
    const { host, results } = start([{ calls, message }, { calls }]);
    for (const text of ['first', 'second', 'first', 'second']) {
      (await peer.nextCall()).refuse(Code.INTERNAL, text);
    }
    await host.ended;
    expect(results.map(({ claim, detail }) => [claim, detail?.message])).to.deep.equal([
      ['fail', message],
      ['fail', 'RemoveContainer was refused: INTERNAL: first'],
    ]);
  });

  it('says of a silence whether the agent still answers', async () => {
    const calls = [remove(1, [], 'lost'), remove(2, [], 'timeout')];
    const { host, results } = start([{ calls }]);
    await peer.nextCall();
    await peer.nextCall();
    (await peer.nextCall()).answer(HealthCheckResponseSchema, { status: 1 });
    await host.ended;
    expect(results[0]).to.deep.include({
      claim: 'fail',
      unanswered: { call: 'RemoveContainer', afterMs: 300, health: 'answered' },
    });
  });

  it('ends calls to a guest that is lost, and goes on with the next', async () => {
    const { host, results } = start([{ calls: [remove(1, [])] }, { calls: [remove(2, [])] }]);
    await peer.nextCall();
    host.lose(1);
    (await peer.nextCall()).answer(EmptySchema, {});
    await host.ended;
    expect(results.map(({ claim }) => claim)).to.deep.equal(['interrupted', 'pass']);
  });

  it('is interrupted where no guest comes up', async () => {
    const lease = () => Promise.reject(new GuestLost('no guest came up'));
    const { host, results } = start([{ calls: [remove(1, [])] }], { lease });
    await host.ended;
    expect(results[0]).to.deep.include({
      claim: 'interrupted',
      ...{ detail: { ...results[0]?.detail, message: 'no guest came up' } },
    });
  });

  it('ends at once when it is disposed of', async () => {
    const { host, results } = start([{ calls: [remove(1, [])] }]);
    await peer.nextCall();
    await host[Symbol.asyncDispose]();
    expect(await host.ended).to.deep.include({ isDone: false });
    expect(results).to.deep.equal([]);
  });
});
