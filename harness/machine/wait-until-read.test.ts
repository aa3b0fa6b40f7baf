import { duplexPair, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { waitUntilRead } from './wait-until-read.ts';

describe('waiting until a stream is read', () => {
  it('is over soon if nobody reads it', async () => {
    const stream = new PassThrough();
    stream.write('unread');
    await waitUntilRead(stream);
    expect(stream.readableLength).to.equal(6);
  });

  it('lasts until the reader has everything', async () => {
    const stream = new PassThrough();
    const reading = text(stream);
    let isRead = false;
    const waiting = waitUntilRead(stream).then(() => {
      isRead = true;
    });
    stream.write('some');
    await new Promise(setImmediate);
    expect(isRead).to.equal(false);
    stream.end(' more');
    await waiting;
    expect(await reading).to.equal('some more');
  });

  it('does not wait for the writing half of a duplex', async () => {
    const [ours, theirs] = duplexPair();
    ours.resume();
    theirs.end();
    await waitUntilRead(ours);
    expect(ours.writable).to.equal(true);
  });

  it('treats a stream that failed as one that has ended', async () => {
    const stream = new PassThrough();
    stream.on('data', () => undefined);
    stream.on('error', () => undefined);
    stream.destroy(new Error('reset'));
    await waitUntilRead(stream);
    expect(stream.destroyed).to.equal(true);
  });
});
