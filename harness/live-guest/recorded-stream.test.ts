import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { RecordedStream } from './recorded-stream.ts';

describe('a recorded stream', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-recorded-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps what fits, notes the cut once, and still inspects every byte', async () => {
    const stream = new PassThrough();
    const file = join(folder, 'console.log');
    let seen = '';
    const recorded = new RecordedStream(stream, file, 10, (chunk) => {
      seen += chunk.toString();
    });
    stream.write('0123456');
    stream.write('789abc');
    stream.end('def');
    await recorded.ended;
    expect(seen).to.equal('0123456789abcdef');
    expect(recorded.bytes).to.equal(16);
    expect(await readFile(file, 'utf8')).to.equal('0123456789\n[kmx: cut here, after 10 bytes]\n');
  });

  it('has ended if the stream was closed before anybody looked', async () => {
    const stream = new PassThrough();
    stream.resume().end();
    await once(stream, 'close');
    const recorded = new RecordedStream(stream, join(folder, 'log'), 100);
    await recorded.ended;
    await recorded.waitFor(1);
    expect(recorded.bytes).to.equal(0);
  });

  it('wakes a waiter when its bytes have arrived, and all waiters at the end', async () => {
    const stream = new PassThrough();
    const recorded = new RecordedStream(stream, join(folder, 'log'), 100);
    const five = recorded.waitFor(5);
    const many = recorded.waitFor(1000);
    stream.write('12345');
    await five;
    stream.end();
    await many;
    expect(recorded.bytes).to.equal(5);
  });

  it('reports a full disk, and still inspects every byte', async () => {
    const stream = new PassThrough();
    let seen = 0;
    const recorded = new RecordedStream(stream, '/dev/full', 100, (chunk) => {
      seen += chunk.length;
    });
    stream.write('12345');
    expect((await recorded.recordingFailed).message).to.equal(
      'no space left on the disk of /dev/full',
    );
    stream.end('678');
    await recorded.ended;
    expect(seen).to.equal(8);
  });
});
