import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { InfraError } from '../errors.ts';
import { listenOnce } from './port.ts';
import { makePrivateDirectory } from './private-directory.ts';

describe('a port', () => {
  it('hands out the first connection and then stops listening', async () => {
    await using directory = await makePrivateDirectory();
    await using port = await listenOnce(directory.socketPath('port'));
    connect(port.path).end('first bytes');
    const socket = await port.connected;
    expect(await text(socket)).to.equal('first bytes');
    expect(existsSync(port.path)).to.equal(false);
  });

  it('blocks the writer instead of buffering what nobody reads', async () => {
    await using directory = await makePrivateDirectory();
    await using port = await listenOnce(directory.socketPath('port'));
    const writer = connect(port.path);
    const socket = await port.connected;
    const flood = Buffer.alloc(8 * 1024 * 1024);
    const flushed = new Promise((resolve) => writer.write(flood, resolve));
    const outcome = await Promise.race([flushed, rounds(200).then(() => 'held up')]);
    expect(outcome).to.equal('held up');
    expect(socket.readableLength).to.be.below(256 * 1024);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await flushed;
    writer.end();
    await new Promise((resolve) => socket.on('end', resolve));
    expect(bytes).to.equal(flood.length);
  });

  it('can be disposed of without ever having been connected', async () => {
    await using directory = await makePrivateDirectory();
    const port = await listenOnce(directory.socketPath('port'));
    await port[Symbol.asyncDispose]();
    expect(existsSync(port.path)).to.equal(false);
  });

  it('says which socket it cannot listen on', async () => {
    const error = await listenOnce('/nowhere/port').catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError);
    expect((error as InfraError).message).to.contain('/nowhere/port');
  });
});

/** Lets the event loop turn, which is when bytes move. */
async function rounds(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await new Promise(setImmediate);
}
