import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { makePrivateDirectory } from '../private-directory.ts';
import { GuestConsole } from './guest-console.ts';
import type { KernelLog } from './kernel-log.ts';

const SILENT = {
  fault: undefined,
  subscribe: () => ({
    catchUp: () => undefined,
    countUnattributed: () => 0,
    [Symbol.dispose]: () => undefined,
  }),
} as unknown as KernelLog;

/** The host's end of a connection that was closed after the text. */
async function closedAfter(said: string): Promise<Socket> {
  await using directory = await makePrivateDirectory();
  const path = directory.socketPath('console');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const guest = connect(path);
  guest.end(said);
  const [socket] = (await connected) as [Socket];
  await once(guest, 'finish');
  server.close();
  return socket;
}

describe('the console of a container', () => {
  it('carries what init has said, and ends', async () => {
    using guestConsole = new GuestConsole(SILENT, 'id');
    guestConsole.connect(await closedAfter('init: hello\n'), Promise.resolve());
    expect(await text(guestConsole.stream)).to.equal('init: hello\n');
  });

  it('ends if it was closed without a word before anybody looked', async () => {
    const said = await closedAfter('');
    if (!said.closed) await once(said, 'close');
    using guestConsole = new GuestConsole(SILENT, 'id');
    guestConsole.connect(said, Promise.resolve());
    expect(await text(guestConsole.stream)).to.equal('');
  });
});
