import { expect } from 'chai';
import { AgentError, type CallEvent, CallTimeout, ChannelLost } from '../agent.ts';
import { failureOf } from '../testing/failure-of.ts';
import { type ScriptedAgent, startScriptedAgent } from '../testing/scripted-agent.ts';
import { connectTtrpc, type TtrpcConnection } from './connection.ts';
import { encodeFrame } from './frame.ts';
import {
  AgentService,
  ReadStreamRequestSchema,
  ReadStreamResponseSchema,
} from './generated/agent_pb.js';
import { Code } from './generated/ttrpc_pb.js';

const { readStdout, waitProcess } = AgentService.method;
const patient = { timeoutMs: 60_000 };

describe('ttrpc connection', () => {
  let agent: ScriptedAgent;
  let connection: TtrpcConnection;
  let events: CallEvent[];

  beforeEach(async () => {
    agent = await startScriptedAgent();
    events = [];
    connection = connectTtrpc(agent.socketPath, { onCall: (event) => events.push(event) });
  });

  afterEach(async () => {
    await connection[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  const ask = (containerId: string, options = patient) =>
    connection.call(readStdout, { containerId }, options);

  const answerEcho = async () => {
    const call = await agent.nextCall();
    const { containerId } = call.read(ReadStreamRequestSchema);
    call.answer(ReadStreamResponseSchema, { data: Buffer.from(containerId) });
  };

  it('sends service, method, request and a time limit, and returns the answer', async () => {
    const answer = ask('c1', { timeoutMs: 5_000 });
    const call = await agent.nextCall();
    expect(call.name).to.equal('grpc.AgentService/ReadStdout');
    expect(call.read(ReadStreamRequestSchema).containerId).to.equal('c1');
    expect(call.timeoutNano > 5_000_000_000n, 'ends after our own limit').to.equal(true);
    call.answer(ReadStreamResponseSchema, { data: Buffer.from('hi') });
    expect(Buffer.from((await answer).data).toString()).to.equal('hi');
  });

  it('gives each of many calls its own answer, in whatever order answers come', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const answers = names.map((name) => ask(name));
    const calls = [];
    for (const _ of names) calls.push(await agent.nextCall());
    expect(calls.map(({ streamId }) => streamId)).to.deep.equal(
      names.map((_, index) => 2 * index + 1),
    );
    for (const call of calls.reverse()) {
      const { containerId } = call.read(ReadStreamRequestSchema);
      call.answer(ReadStreamResponseSchema, { data: Buffer.from(containerId) });
    }
    const texts = (await Promise.all(answers)).map(({ data }) => Buffer.from(data).toString());
    expect(texts).to.deep.equal(names);
  });

  it('throws an AgentError with the name of the status and the whole message', async () => {
    const failure = failureOf(ask('c1'));
    (await agent.nextCall()).refuse(Code.INTERNAL, 'no cpuset\n\nCaused by:\n  0: v1');
    expect(await failure)
      .to.be.instanceOf(AgentError)
      .and.to.include({
        call: 'ReadStdout',
        code: 'INTERNAL',
        reason: 'no cpuset\n\nCaused by:\n  0: v1',
      });
  });

  it('names a status that gRPC does not define by its number', async () => {
    const failure = failureOf(ask('c1'));
    (await agent.nextCall()).refuse(77, 'odd');
    expect(await failure).to.include({ code: 'CODE_77' });
  });

  it('rejects an answer that is not a message as malformed, and goes on', async () => {
    const failure = failureOf(ask('c1'));
    const { socket, streamId } = await agent.nextCall();
    socket.write(encodeFrame({ streamId, type: 'response', flags: 0, data: Buffer.from('oops!') }));
    expect(await failure)
      .to.be.instanceOf(AgentError)
      .and.to.include({ code: 'MALFORMED_ANSWER' });
    const next = ask('c2');
    await answerEcho();
    expect((await next).data).to.have.lengthOf(2);
  });

  it('gives up after the time limit, and ignores an answer that comes later', async () => {
    const failure = failureOf(ask('late', { timeoutMs: 20 }));
    const late = await agent.nextCall();
    expect(await failure)
      .to.be.instanceOf(CallTimeout)
      .and.to.include({ message: 'ReadStdout got no answer within 20 ms', afterMs: 20 });
    const next = ask('next');
    late.answer(ReadStreamResponseSchema, { data: Buffer.from('late') });
    await answerEcho();
    expect(Buffer.from((await next).data).toString()).to.equal('next');
  });

  it('gives up when its signal is aborted, with the signal’s reason', async () => {
    const controller = new AbortController();
    const reason = new Error('the guest is gone');
    const failure = failureOf(
      connection.call(readStdout, {}, { ...patient, signal: controller.signal }),
    );
    await agent.nextCall();
    controller.abort(reason);
    expect(await failure).to.equal(reason);
    expect(
      await failureOf(connection.call(readStdout, {}, { ...patient, signal: controller.signal })),
    ).to.equal(reason);
  });

  it('throws a ChannelLost that says what was called and why there is no answer', async () => {
    const failure = failureOf(ask('c1'));
    (await agent.nextCall()).socket.end();
    expect(await failure)
      .to.be.instanceOf(ChannelLost)
      .and.to.include({
        call: 'ReadStdout',
        message: 'ReadStdout got no answer: the agent or its relay closed the connection',
      });
  });

  it('treats an answer without a status as success', async () => {
    const answer = ask('c1');
    const { socket, streamId } = await agent.nextCall();
    socket.write(encodeFrame({ streamId, type: 'response', flags: 0, data: Buffer.of() }));
    expect((await answer).data).to.have.lengthOf(0);
  });

  it('tells the observer about every call, so that the first unanswered one is known', async () => {
    const hung = failureOf(connection.call(waitProcess, {}, { timeoutMs: 20 }));
    const refused = failureOf(ask('c1'));
    await agent.nextCall();
    (await agent.nextCall()).refuse(Code.NOT_FOUND, 'no such container');
    await Promise.all([hung, refused]);
    const lost = failureOf(ask('c2'));
    await connection[Symbol.asyncDispose]();
    await lost;
    expect(events.filter(({ id }) => id === 1)).to.deep.equal([
      { id: 1, call: 'WaitProcess', state: 'begin' },
      { id: 1, call: 'WaitProcess', state: 'failed', why: 'timeout' },
    ]);
    expect(events.filter(({ id }) => id === 2)).to.deep.equal([
      { id: 2, call: 'ReadStdout', state: 'begin' },
      { id: 2, call: 'ReadStdout', state: 'end' },
    ]);
    expect(events.at(-1)).to.deep.equal({
      id: 3,
      call: 'ReadStdout',
      state: 'failed',
      why: 'lost',
    });
  });

  it('tells the observer of a traced connection what was asked and what came back', async () => {
    await using traced = connectTtrpc(agent.socketPath, {
      onCall: (event) => events.push(event),
      trace: true,
    });
    const answer = traced.call(readStdout, { containerId: 'c1', len: 3 }, patient);
    await answerEcho();
    await answer;
    const refused = failureOf(traced.call(waitProcess, { execId: 'p1' }, patient));
    (await agent.nextCall()).refuse(Code.NOT_FOUND, 'no such process');
    await refused;
    const [read, wait] = ['ReadStdout', 'WaitProcess'];
    expect(events).to.deep.equal([
      { id: 1, call: read, state: 'begin', request: { containerId: 'c1', len: 3 } },
      { id: 1, call: read, state: 'end', answer: { data: Buffer.from('c1').toString('base64') } },
      { id: 2, call: wait, state: 'begin', request: { execId: 'p1' } },
      { id: 2, call: wait, state: 'end', error: { code: 'NOT_FOUND', message: 'no such process' } },
    ]);
  });

  it('refuses a request that is too long or has no valid limit before it sends anything', async () => {
    const data = new Uint8Array(4 << 20);
    const tooLong = connection.call(AgentService.method.writeStdin, { data }, patient);
    expect(await failureOf(tooLong)).to.be.instanceOf(RangeError);
    for (const timeoutMs of [0, -1, Number.NaN, Infinity]) {
      expect(await failureOf(ask('c1', { timeoutMs })))
        .to.be.instanceOf(RangeError)
        .and.to.have.property('message')
        .that.matches(/ReadStdout: expected a timeoutMs above 0 .*, found /);
    }
    expect(events).to.deep.equal([]);
  });

  it('throws from where the call was made', async () => {
    const failure = (async function callOfScenario() {
      await ask('c1');
    })();
    (await agent.nextCall()).refuse(Code.INTERNAL, 'no');
    expect(await failureOf(failure))
      .to.have.property('stack')
      .that.contains('callOfScenario');
  });
});

describe('ttrpc connection to a missing socket', () => {
  it('throws a ChannelLost that names the socket', async () => {
    await using connection = connectTtrpc('/nonexistent/agent.socket');
    expect(await failureOf(connection.call(readStdout, {}, patient)))
      .to.be.instanceOf(ChannelLost)
      .and.to.have.property('message')
      .that.matches(/ENOENT .*\/nonexistent\/agent[.]socket/);
  });
});
