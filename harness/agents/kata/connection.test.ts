import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { AgentError, type CallEvent, CallTimeout, ChannelLost } from '../agent.ts';
import { type ScriptedAgent, startScriptedAgent } from '../testing/scripted-agent.ts';
import { connectTtrpc, createTtrpcConnection, type TtrpcConnection } from './connection.ts';
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
    connection = connectTtrpc(agent.socketPath, (event) => events.push(event));
  });

  afterEach(async () => {
    await connection[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  const ask = (containerId: string, options = patient) =>
    connection.call(readStdout, { containerId }, options);

  const failureOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      (answer) => expect.fail(`expected an error, found the answer ${JSON.stringify(answer)}`),
      (error) => error,
    );

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

  it('gives each of many calls its own answer, whatever their order', async () => {
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

  it('throws an AgentError with the name of the status and all of its message', async () => {
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

  it('names a status that gRPC does not know by its number', async () => {
    const failure = failureOf(ask('c1'));
    (await agent.nextCall()).refuse(77, 'odd');
    expect(await failure).to.include({ code: 'CODE_77' });
  });

  it('calls an answer that is no message malformed and goes on', async () => {
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

  it('gives up after the time limit, and an answer that comes later harms no other call', async () => {
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

  it('gives up when its signal says so, with the reason of the signal', async () => {
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

  it('ends all pending calls, and those made later, when the connection is lost', async () => {
    const failures = [failureOf(ask('c1')), failureOf(connection.call(waitProcess, {}, patient))];
    await agent.nextCall();
    (await agent.nextCall()).socket.end();
    failures.push(Promise.all(failures).then(() => failureOf(ask('c2'))));
    const why = 'got no answer: the agent or its relay closed the connection';
    for (const [index, call] of ['ReadStdout', 'WaitProcess', 'ReadStdout'].entries()) {
      expect(await failures[index])
        .to.be.instanceOf(ChannelLost)
        .and.to.include({ call, message: `${call} ${why}` });
    }
  });

  it('is lost when the peer ends within a frame', async () => {
    const failure = failureOf(ask('c1'));
    (await agent.nextCall()).socket.end(Buffer.from([0, 0, 0]));
    expect(await failure)
      .to.be.instanceOf(ChannelLost)
      .and.to.have.property('message')
      .that.contains('ended within a frame: 3 of at least 10 bytes');
  });

  it('is lost on garbage, without waiting for what the garbage promises', async () => {
    const failure = failureOf(ask('c1'));
    (await agent.nextCall()).socket.write('thread main panicked at');
    expect(await failure)
      .to.be.instanceOf(ChannelLost)
      .and.to.have.property('message')
      .that.contains('expected a ttrpc frame');
  });

  for (const [title, frame] of [
    ['an answer to a call that was never made', { streamId: 5, type: 'response' }],
    ['an answer on an even stream', { streamId: 2, type: 'response' }],
    ['a request', { streamId: 1, type: 'request' }],
  ] as const) {
    it(`is lost on ${title}, and says so to later calls, too`, async () => {
      const failures = [failureOf(ask('c1')), failureOf(ask('c2'))];
      await agent.nextCall();
      const { socket } = await agent.nextCall();
      socket.write(encodeFrame({ ...frame, flags: 0, data: Buffer.of() }));
      await Promise.all(failures);
      await connection[Symbol.asyncDispose]();
      for (const failure of [...failures, failureOf(ask('c3'))]) {
        expect(await failure)
          .to.be.instanceOf(ChannelLost)
          .and.to.have.property('message')
          .that.contains(`sent a ${frame.type} on stream ${frame.streamId}`);
      }
    });
  }

  it('puts together an answer that comes byte by byte', async () => {
    const answer = ask('c1');
    const { socket, streamId } = await agent.nextCall();
    // An empty Response: no status and no payload mean success.
    for (const byte of encodeFrame({ streamId, type: 'response', flags: 0, data: Buffer.of() })) {
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    }
    expect((await answer).data).to.have.lengthOf(0);
  });

  it('tells the observer of every call, so that the first without an answer is known', async () => {
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

  it('refuses a request that is too long, and a limit that is none, before sending anything', async () => {
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

describe('ttrpc connection over a stream', () => {
  it('is not troubled by an error of a stream that has ended already', async () => {
    const stream = new Duplex({
      read() {
        this.push(null);
      },
      write: (_chunk, _encoding, done) => done(),
      destroy: (_error, done) => done(new Error('close failed')),
    });
    await using connection = createTtrpcConnection(stream);
    const failure = connection.call(readStdout, {}, patient).catch((error) => error);
    expect(await failure).to.be.instanceOf(ChannelLost);
  });
});

describe('ttrpc connection to a socket that is not there', () => {
  it('throws a ChannelLost that names the socket', async () => {
    await using connection = connectTtrpc('/nonexistent/agent.socket');
    const error = await connection.call(readStdout, {}, patient).then(
      () => undefined,
      (error) => error,
    );
    expect(error).to.be.instanceOf(ChannelLost).and.to.have.property('message');
    expect(error.message).to.contain('ENOENT').and.to.contain('/nonexistent/agent.socket');
  });
});
