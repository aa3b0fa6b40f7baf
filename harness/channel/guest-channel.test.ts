import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { ChannelFault, GuestError, OversizedRequest } from './channel-fault.ts';
import { type Connection, openConnection } from './connection.ts';
import { encodeFrame } from './frame.ts';
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

  it('tells each tool’s end, also if it comes before anybody asks', async () => {
    const { channel, guest } = openWith(() => undefined);
    const exit = { type: 'event', name: 'tool-exit', code: 0, signal: null, outputBytes: 12 };
    const second = channel.toolExit(9);
    await guest.send({ ...exit, pid: 8 });
    expect(await channel.toolExit(8)).to.include({ pid: 8, outputBytes: 12 });
    await guest.send({ ...exit, pid: 9, code: null, signal: 'SIGHUP' });
    expect(await second).to.include({ pid: 9, signal: 'SIGHUP' });
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

  it('refuses an answer that is nested too deeply to be passed on', async () => {
    const [left, right] = duplexPair();
    const channel = openGuestChannel(left);
    const error = rejectionOf(channel.call('read-file', {}, 1000));
    const result = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const payload = Buffer.from(`{"type":"response","id":1,"result":${result}}`);
    right.write(encodeFrame({ kind: 'message', sequence: 1, payload }));
    expect(await error).to.include({ code: 'CHANNEL_OVERSIZED' });
  });

  it('limits the length of signals, releases and errors', async () => {
    const long = 'x'.repeat(2_400_000);
    const exit = { type: 'event', name: 'agent-exit', pid: 7, code: null };
    for (const message of [
      { ...exit, signal: long },
      { ...exit, signal: 'SIGKILL, and all is well' },
      { type: 'hello', protocol: 1, release: long, uptimeMs: 1 },
      { type: 'response', id: 1, error: { code: long, message: '' } },
    ]) {
      const { channel, guest } = openWith(() => undefined);
      await guest.send(message);
      const fault = await channel.lost;
      expect(fault).to.include({ kind: 'GARBLED' });
      expect(fault.message.length).to.be.lessThan(300);
    }
    const { channel } = openWith(() => ({ error: { code: 'ENOENT', message: long } }));
    const error = await rejectionOf(channel.call('read-file', {}, 1000));
    expect((error as Error).message).to.have.length(1000);
  });

  it('refuses to send a request that does not fit into a frame, and stays usable', async () => {
    const { channel } = openWith(() => ({ result: 'answer' }));
    const data = 'x'.repeat(5 * 1024 * 1024);
    const error = await rejectionOf(channel.call('write-file', { data }, 1000));
    expect(error).to.be.instanceOf(OversizedRequest);
    expect(await channel.call('write-file', { data: '' }, 1000)).to.equal('answer');
  });
});
