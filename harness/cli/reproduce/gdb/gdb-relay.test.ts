import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { type GdbRelay, openGdbRelay, type Stub } from './gdb-relay.ts';

describe('the relay between a debugger and a stub', () => {
  let log: string[];
  let stubs: (Stub & { readonly output: PassThrough })[];
  let isOpen: boolean;
  let relay: GdbRelay;

  beforeEach(async () => {
    log = [];
    stubs = [];
    isOpen = true;
    relay = await openGdbRelay(
      async () => {
        if (!isOpen) throw new Error('no stub');
        const stub = {
          input: new PassThrough(),
          output: new PassThrough(),
          leave: async (hasDetached: boolean) => void log.push(`detached: ${hasDetached}`),
        };
        stubs.push(stub);
        return stub;
      },
      {
        onConnect: () => log.push('connect'),
        onLeave: () => log.push('leave'),
        onRefused: (error) => log.push(`refused: ${(error as Error).message}`),
      },
    );
  });
  afterEach(() => relay[Symbol.asyncDispose]());

  async function join(): Promise<Socket> {
    const socket = connect(relay.path);
    // One that is turned away finds its connection broken.
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('+$qSupported#37');
    return socket;
  }

  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      if (socket.closed) resolve();
      else socket.resume().once('close', () => resolve());
    });

  /** Has the stub answer, which shows that the connection is through. */
  async function joined(): Promise<Socket> {
    const socket = await join();
    while (stubs.length === 0) await new Promise(setImmediate);
    stubs.at(-1)?.output.write('+$#00');
    await once(socket, 'data');
    return socket;
  }

  it('releases the test when the debugger lets the target run', async () => {
    const socket = await joined();
    expect(relay.isInUse).to.equal(true);
    socket.write('$vCont;c#a8');
    await relay.released;
    expect(log).to.deep.equal(['connect']);
    socket.end('$D#44');
    await relay.untilAlone();
    expect(log).to.deep.equal(['connect', 'detached: true', 'leave']);
    expect(relay.isInUse).to.equal(false);
  });

  it('releases it, too, when the debugger is gone without a word', async () => {
    const socket = await joined();
    socket.destroy();
    await relay.released;
    expect(log).to.deep.equal(['connect', 'detached: false', 'leave']);
  });

  it('has room for one debugger at a time', async () => {
    const socket = await joined();
    await closed(await join());
    expect(stubs).to.have.length(1);
    socket.destroy();
    await relay.untilAlone();
  });

  it('turns a debugger away where there is no stub, and waits for the next one', async () => {
    isOpen = false;
    await closed(await join());
    expect(log).to.deep.equal(['refused: no stub']);
    isOpen = true;
    const socket = await joined();
    socket.destroy();
    await relay.released;
  });

  it('ends the connection of a debugger whose target has ended', async () => {
    const socket = await joined();
    stubs[0]?.output.destroy();
    await closed(socket);
    expect(log).to.include('connect');
  });
});
