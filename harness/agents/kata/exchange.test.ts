import { once } from 'node:events';
import { createConnection } from 'node:net';
import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { type ScriptedAgent, startScriptedAgent } from '../testing/scripted-agent.ts';
import { createExchange, type Ending, type Exchange } from './exchange.ts';
import { encodeFrame } from './frame.ts';

const patient = { timeoutMs: 60_000 };
// An empty message is a request to the scripted agent, which here looks only at its stream.
const nothing = Buffer.of();

const whyLost = (ending: Ending | undefined): string => {
  if (ending?.kind !== 'lost') expect.fail(`expected a loss, found ${JSON.stringify(ending)}`);
  return ending.why;
};

describe('exchange of requests and answers', () => {
  let agent: ScriptedAgent;
  let exchange: Exchange;

  beforeEach(async () => {
    agent = await startScriptedAgent();
    exchange = createExchange(createConnection(agent.socketPath));
  });

  afterEach(async () => {
    await exchange[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  it('opens streams with odd ids from 1', async () => {
    for (const streamId of [1, 3, 5]) {
      const ended = exchange.send(nothing, patient);
      const call = await agent.nextCall();
      expect(call.streamId).to.equal(streamId);
      call.refuse(5, 'no');
      expect(await ended).to.include({ kind: 'answered' });
    }
  });

  it('ends all pending requests, and those made later, when the connection is lost', async () => {
    const ended = [exchange.send(nothing, patient), exchange.send(nothing, patient)];
    await agent.nextCall();
    (await agent.nextCall()).socket.end();
    await Promise.all(ended);
    for (const ending of [...ended, exchange.send(nothing, patient)]) {
      expect(whyLost(await ending)).to.equal('the agent or its relay closed the connection');
    }
  });

  it('is lost when the peer ends within a frame', async () => {
    const ended = exchange.send(nothing, patient);
    (await agent.nextCall()).socket.end(Buffer.from([0, 0, 0]));
    expect(whyLost(await ended)).to.contain('ended within a frame: 3 of at least 10 bytes');
  });

  it('is lost on garbage, without waiting for the data that the garbage announces', async () => {
    const ended = exchange.send(nothing, patient);
    (await agent.nextCall()).socket.write('thread main panicked at');
    expect(whyLost(await ended)).to.contain('expected a ttrpc frame');
  });

  for (const [title, frame] of [
    ['an answer to a request that was never made', { streamId: 5, type: 'response' }],
    ['an answer on an even stream', { streamId: 2, type: 'response' }],
    ['a request', { streamId: 1, type: 'request' }],
  ] as const) {
    it(`is lost on ${title}, and later requests get the same reason`, async () => {
      const ended = [exchange.send(nothing, patient), exchange.send(nothing, patient)];
      await agent.nextCall();
      const { socket } = await agent.nextCall();
      socket.write(encodeFrame({ ...frame, flags: 0, data: nothing }));
      await Promise.all(ended);
      await exchange[Symbol.asyncDispose]();
      for (const ending of [...ended, exchange.send(nothing, patient)]) {
        expect(whyLost(await ending)).to.contain(
          `sent a ${frame.type} on stream ${frame.streamId}`,
        );
      }
    });
  }

  it('assembles an answer that comes byte by byte', async () => {
    const ended = exchange.send(nothing, patient);
    const { socket, streamId } = await agent.nextCall();
    const data = Buffer.from('answer');
    for (const byte of encodeFrame({ streamId, type: 'response', flags: 0, data })) {
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    }
    expect(await ended).to.deep.equal({ kind: 'answered', data });
  });

  it('sends nothing if the signal is already aborted', async () => {
    const signal = AbortSignal.abort('enough');
    const ended = exchange.send(nothing, { ...patient, signal });
    expect(await ended).to.deep.equal({ kind: 'aborted', reason: 'enough' });
    void exchange.send(nothing, patient);
    expect((await agent.nextCall()).streamId).to.equal(3);
  });

  it('has closed its stream once it is disposed of', async () => {
    void exchange.send(nothing, patient);
    const { socket } = await agent.nextCall();
    const closed = once(socket, 'close');
    await exchange[Symbol.asyncDispose]();
    await closed;
  });

  it('ignores an error of a stream that has already ended', async () => {
    const stream = new Duplex({
      read() {
        this.push(null);
      },
      write: (_chunk, _encoding, done) => done(),
      destroy: (_error, done) => done(new Error('close failed')),
    });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    const ending = await createExchange(stream).send(nothing, patient);
    expect(whyLost(ending)).to.contain('closed the connection');
    await closed;
  });
});
