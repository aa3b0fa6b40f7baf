import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { expect } from 'chai';
import { type Agent, AgentError, type CallEvent, CallTimeout, ChannelLost } from '../agent.ts';
import { failureOf } from '../testing/failure-of.ts';
import {
  type ScriptedAgent,
  type ScriptedCall,
  startScriptedAgent,
} from '../testing/scripted-agent.ts';
import { connectKataAgent } from './adapter.ts';
import * as wire from './generated/agent_pb.js';
import { Code } from './generated/ttrpc_pb.js';

/** How agents report a process that they have forgotten. */
const FORGOTTEN = {
  'kata-agent 3': [Code.INTERNAL, 'Invalid exec id'],
  'kata-agent 4': [
    Code.INTERNAL,
    'rpc status: Status { code: NOT_FOUND, message: "InvalidExecId", details: [] }',
  ],
  'the reference agent': [Code.NOT_FOUND, 'container c1 has no process "c1"'],
} as const;

/** The two ways in which agents report the end of a stream. */
const ENDS = {
  'no data': (call: ScriptedCall) => call.answer(wire.ReadStreamResponseSchema, {}),
  'an error': (call: ScriptedCall) => call.refuse(Code.INTERNAL, 'read  meet eof'),
};

const c1 = { container: 'c1' };
const textOf = (data: Uint8Array) => Buffer.from(data).toString();
const say = (call: ScriptedCall, text: string) =>
  call.answer(wire.ReadStreamResponseSchema, { data: Buffer.from(text) });

describe('output of a process', () => {
  let peer: ScriptedAgent;
  let agent: Agent;
  let events: CallEvent[];

  beforeEach(async () => {
    peer = await startScriptedAgent();
    events = [];
    agent = connectKataAgent({
      socketPath: peer.socketPath,
      limits: { callTimeoutMs: 60_000 },
      onCall: (event) => events.push(event),
    });
  });

  afterEach(async () => {
    await agent[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  /** Starts c1 and returns the calls that wait for its output. */
  async function start(): Promise<{ stdout: ScriptedCall; stderr: ScriptedCall }> {
    const started = agent.startContainer('c1');
    (await peer.nextCall()).answer(EmptySchema, {});
    await started;
    const [stdout, stderr] = [await peer.nextCall(), await peer.nextCall()];
    return { stdout, stderr };
  }

  it('is read from the start, each stream separately and without a time limit', async () => {
    const { stdout, stderr } = await start();
    expect([stdout.name, stderr.name]).to.deep.equal([
      'grpc.AgentService/ReadStdout',
      'grpc.AgentService/ReadStderr',
    ]);
    for (const call of [stdout, stderr]) {
      const request = call.read(wire.ReadStreamRequestSchema);
      expect(request).to.include({ containerId: 'c1', execId: 'c1', len: 65536 });
      expect(call.timeoutNano).to.equal(0n);
    }
    say(stderr, 'err');
    say(stdout, 'out');
    const output = agent.output(c1);
    expect(textOf(await output.stdout.read())).to.equal('out');
    expect(textOf(await output.stderr.read())).to.equal('err');
  });

  it('is read for executed processes as well', async () => {
    const p1 = { container: 'c1', process: 'p1' };
    const executed = agent.execProcess({ ...p1, arguments: ['workload'] });
    (await peer.nextCall()).answer(EmptySchema, {});
    await executed;
    const stdout = await peer.nextCall();
    expect(stdout.read(wire.ReadStreamRequestSchema).execId).to.equal('p1');
    say(stdout, 'out');
    expect(textOf(await agent.output(p1).stdout.read())).to.equal('out');
  });

  it('does not exist before the process was started', () => {
    expect(() => agent.output(c1)).to.throw(/^c1 was not started/);
  });

  it('is kept for a later reader without a call that the observer could take for hung', async () => {
    const { stdout } = await start();
    say(stdout, 'one ');
    say(await peer.nextCall(), 'two');
    // The next read is sent only after the answer before it was processed.
    await peer.nextCall();
    expect(textOf(await agent.output(c1).stdout.read())).to.equal('one two');
    expect(events.map(({ call }) => call)).to.deep.equal(['StartContainer', 'StartContainer']);
  });

  it('is a call to the observer while a test waits for it, unanswered if time runs out', async () => {
    await start();
    const read = agent.output(c1).stdout.read({ timeoutMs: 20 });
    expect(await failureOf(read))
      .to.be.instanceOf(CallTimeout)
      .and.to.include({ message: 'ReadStdout got no answer within 20 ms' });
    expect(events.slice(2)).to.deep.equal([
      { id: 2, call: 'ReadStdout', state: 'begin' },
      { id: 2, call: 'ReadStdout', state: 'failed', why: 'timeout' },
    ]);
  });

  it('can be read after a wait that timed out or was aborted', async () => {
    const { stdout } = await start();
    const { stdout: stream } = agent.output(c1);
    expect(await failureOf(stream.read({ timeoutMs: 20 }))).to.be.instanceOf(CallTimeout);
    const signal = AbortSignal.abort('enough');
    expect(await failureOf(stream.read({ signal }))).to.equal('enough');
    say(stdout, 'late');
    expect(textOf(await stream.read())).to.equal('late');
  });

  for (const [way, end] of Object.entries(ENDS)) {
    it(`ends when the agent answers with ${way}`, async () => {
      const { stdout } = await start();
      end(stdout);
      const { stdout: stream } = agent.output(c1);
      expect(await stream.read()).to.have.lengthOf(0);
      expect(await stream.read()).to.have.lengthOf(0);
    });
  }

  it('is read to its end before the agent is asked for the exit code', async () => {
    const { stdout, stderr } = await start();
    const exit = agent.waitProcess(c1);
    ENDS['an error'](stderr);
    say(stdout, 'last words');
    const next = await peer.nextCall();
    expect(next.name).to.equal('grpc.AgentService/ReadStdout');
    ENDS['no data'](next);
    const wait = await peer.nextCall();
    expect(wait.name).to.equal('grpc.AgentService/WaitProcess');
    wait.answer(wire.WaitProcessResponseSchema, { status: 3 });
    expect(await exit).to.equal(3);
    expect(textOf(await agent.output(c1).stdout.read())).to.equal('last words');
  });

  for (const [name, [code, reason]] of Object.entries(FORGOTTEN)) {
    it(`ends when ${name} no longer knows a process that a test waits for`, async () => {
      const { stdout, stderr } = await start();
      const exit = agent.waitProcess(c1);
      stdout.refuse(code, reason);
      stderr.refuse(code, reason);
      (await peer.nextCall()).answer(wire.WaitProcessResponseSchema, { status: 9 });
      expect(await exit).to.equal(9);
      const output = agent.output(c1);
      expect(await output.stdout.read()).to.have.lengthOf(0);
      expect(await output.stderr.read()).to.have.lengthOf(0);
    });

    it(`breaks off when ${name} does not know a process that no test waited for`, async () => {
      const { stdout } = await start();
      stdout.refuse(code, reason);
      expect(await failureOf(agent.output(c1).stdout.read()))
        .to.be.instanceOf(AgentError)
        .and.to.include({ call: 'ReadStdout', reason });
    });
  }

  it('does not delay the exit code forever if something else keeps the streams open', async () => {
    const { stdout } = await start();
    const exit = agent.waitProcess(c1, { timeoutMs: 2000 });
    const wait = await peer.nextCall();
    expect(wait.name).to.equal('grpc.AgentService/WaitProcess');
    wait.answer(wire.WaitProcessResponseSchema, { status: 9 });
    expect(await exit).to.equal(9);
    const { stdout: stream } = agent.output(c1);
    const waiting = stream.read();
    say(stdout, 'after the end');
    expect(textOf(await waiting)).to.equal('after the end');
    (await peer.nextCall()).refuse(Code.INTERNAL, 'Invalid exec id');
    expect(await stream.read()).to.have.lengthOf(0);
  });

  it('ends with the container', async () => {
    const { stdout } = await start();
    const removed = agent.removeContainer('c1');
    const remove = await peer.nextCall();
    stdout.refuse(Code.INTERNAL, 'Invalid container id');
    remove.answer(EmptySchema, {});
    await removed;
    expect(await agent.output(c1).stdout.read()).to.have.lengthOf(0);
  });

  it('breaks off at any other error, which is thrown where the output is read', async () => {
    const { stdout } = await start();
    stdout.refuse(Code.INTERNAL, 'EIO: I/O error');
    const failure = (async function readOfScenario() {
      await agent.output(c1).stdout.read();
    })();
    expect(await failureOf(failure))
      .to.be.instanceOf(AgentError)
      .and.to.have.property('stack')
      .that.contains('readOfScenario');
  });

  it('breaks off with the connection, without unhandled rejections', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    try {
      const { stdout } = await start();
      const exit = failureOf(agent.waitProcess(c1));
      const waiting = failureOf(agent.output(c1).stdout.read());
      stdout.socket.end();
      expect(await waiting).to.be.instanceOf(ChannelLost);
      expect(await exit).to.be.instanceOf(ChannelLost);
      expect(await failureOf(agent.output(c1).stderr.read())).to.be.instanceOf(ChannelLost);
      // Unhandled rejections are reported once the microtasks are through.
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).to.deep.equal([]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });
});
