import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { ChannelFault, GuestError } from './channel-fault.ts';
import { type Connection, openConnection } from './connection.ts';
import { createGuest } from './guest.ts';
import { type GuestChannel, openGuestChannel } from './guest-channel.ts';

interface Request {
  readonly id: number;
  readonly method: string;
}

/** The guest's end, as init plays it: `answer` gives the response to a request, or none. */
function openWith(answer: (request: Request) => object | undefined): {
  channel: GuestChannel;
  guest: Connection;
} {
  const [left, right] = duplexPair();
  const channel = openGuestChannel(left);
  const guest = openConnection(right, (message) => {
    const request = message as Request;
    const response = answer(request);
    if (response) void guest.send({ type: 'response', id: request.id, ...response });
  });
  return { channel, guest };
}

const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );

describe('guest channel', () => {
  it('learns from hello which kernel came up', async () => {
    const { channel, guest } = openWith(() => undefined);
    await guest.send({ type: 'hello', protocol: 1, release: '6.12.117', uptimeMs: 2000 });
    expect((await channel.hello).release).to.equal('6.12.117');
  });

  it('gives each of several concurrent calls its own answer', async () => {
    const waiting: Request[] = [];
    const { channel, guest } = openWith((request) => {
      waiting.push(request);
      return undefined;
    });
    const answers = Promise.all(['a', 'b', 'c'].map((name) => channel.call(name, {}, 1000)));
    while (waiting.length < 3) await new Promise(setImmediate);
    for (const { id, method } of waiting.reverse()) {
      await guest.send({ type: 'response', id, result: method });
    }
    expect(await answers).to.deep.equal(['a', 'b', 'c']);
  });

  it('turns a refusal into a GuestError with the errno name', async () => {
    const { channel } = openWith(() => ({ error: { code: 'EINVAL', message: 'write cpu.max' } }));
    const error = await rejectionOf(channel.call('write-file', {}, 1000));
    expect(error).to.be.instanceOf(GuestError).and.to.include({ code: 'EINVAL' });
  });

  it('names the method that got no answer in time', async () => {
    const { channel } = openWith(() => undefined);
    const error = await rejectionOf(channel.call('facts', {}, 20));
    expect(error).to.be.instanceOf(ChannelFault).and.to.include({ kind: 'SILENT' });
    expect((error as Error).message).to.include('no answer to facts in 20 ms');
  });

  it('ends on a message that no guest may send', async () => {
    const { channel, guest } = openWith(() => undefined);
    await guest.send({ type: 'verdict', verdict: 'pass' });
    expect((await channel.lost).kind).to.equal('GARBLED');
  });

  it('tells the agent’s end from that of the guest', async () => {
    const { channel, guest } = openWith(() => undefined);
    await guest.send({ type: 'event', name: 'agent-exit', pid: 7, code: null, signal: 'SIGABRT' });
    expect(await channel.agentExit).to.include({ pid: 7, signal: 'SIGABRT' });
  });

  it('does not believe an answer of the wrong form', async () => {
    const { channel } = openWith(() => ({ result: { data: 'not base64!', truncated: false } }));
    const guest = createGuest(channel.call, 1000);
    const error = await rejectionOf(guest.readFile('/proc/version'));
    expect(error).to.be.instanceOf(ChannelFault).and.to.include({ kind: 'GARBLED' });
  });
});
