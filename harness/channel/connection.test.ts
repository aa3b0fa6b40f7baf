import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { ChannelFault } from './channel-fault.ts';
import { openConnection } from './connection.ts';
import { encodeFrame } from './frame.ts';

const frameOf = (sequence: number, message: object): Buffer =>
  encodeFrame({ kind: 'message', sequence, payload: Buffer.from(JSON.stringify(message)) });

describe('connection', () => {
  it('delivers messages in order and resolves a send when it was acknowledged', async () => {
    const [left, right] = duplexPair();
    const received: unknown[] = [];
    const sender = openConnection(left, () => {});
    openConnection(right, (message) => received.push(message));
    await Promise.all([sender.send({ n: 1 }), sender.send({ n: 2 }), sender.send({ n: 3 })]);
    expect(received).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('rejects a send that was never acknowledged when the stream ends', async () => {
    const [left, right] = duplexPair();
    const connection = openConnection(left, () => {});
    const sent = connection.send({ n: 1 });
    right.end();
    const error = await sent.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ChannelFault).and.to.include({ kind: 'CLOSED' });
  });

  it('calls a stream that ends within a frame cut', async () => {
    const [left, right] = duplexPair();
    const connection = openConnection(left, () => {});
    right.end(frameOf(1, { n: 1 }).subarray(0, 22));
    expect((await connection.closed).kind).to.equal('CUT');
  });

  it('is closed if the stream was closed before anybody listened', async () => {
    const [left, right] = duplexPair();
    left.on('error', () => {}).destroy();
    await once(left, 'close');
    right.destroy();
    expect((await openConnection(left, () => {}).closed).kind).to.equal('CLOSED');
  });

  it('ends on garbage after good messages, and keeps those', async () => {
    const [left, right] = duplexPair();
    const received: unknown[] = [];
    const connection = openConnection(left, (message) => received.push(message));
    right.write(Buffer.concat([frameOf(1, { n: 1 }), Buffer.from('login: garbage garbage')]));
    expect((await connection.closed).kind).to.equal('GARBLED');
    expect(received).to.deep.equal([{ n: 1 }]);
  });

  it('ends when a message is missing', async () => {
    const [left, right] = duplexPair();
    const connection = openConnection(left, () => {});
    right.write(frameOf(2, { n: 2 }));
    expect((await connection.closed).message).to.include('expected message 1, found 2');
  });

  it('ends when what has the right checksum is not JSON', async () => {
    const [left, right] = duplexPair();
    const connection = openConnection(left, () => {});
    right.write(encodeFrame({ kind: 'message', sequence: 1, payload: Buffer.from('{"n":') }));
    expect((await connection.closed).message).to.include('not JSON');
  });

  it('keeps no more than one frame of a stream that never ends', async () => {
    const [left, right] = duplexPair();
    let received = 0;
    openConnection(left, () => {
      received += 1;
    });
    const connection = openConnection(right, () => {});
    for (let n = 0; n < 2000; n++) await connection.send({ filler: 'x'.repeat(1000) });
    expect(received).to.equal(2000);
  });

  it('does not hear a guest that sends and never reads, until it reads again', async () => {
    const [left, right] = duplexPair();
    const all = 5000;
    let received = 0;
    const { promise: whole, resolve } = Promise.withResolvers<void>();
    openConnection(left, () => {
      received += 1;
      if (received === all) resolve();
    });
    for (let n = 1; n <= all; n += 1) right.write(frameOf(n, { n }));
    await new Promise((next) => setImmediate(next));
    expect(left.isPaused()).to.equal(true);
    expect(received).to.be.within(1, all - 1);
    right.resume();
    await whole;
  });
});
