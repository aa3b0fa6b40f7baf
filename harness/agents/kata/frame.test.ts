import { expect } from 'chai';
import fc from 'fast-check';
import { encodeFrame, type Frame, FrameError, MAX_FRAME_DATA_BYTES, readFrames } from './frame.ts';

const response: Frame = { streamId: 1, type: 'response', flags: 0, data: Buffer.from('hello') };

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  streamId: fc.integer({ min: 0, max: 0xffffffff }),
  type: fc.constantFrom('request', 'response', 'data'),
  flags: fc.integer({ min: 0, max: 255 }),
  data: fc.uint8Array({ maxLength: 200 }),
});

async function* inChunks(bytes: Uint8Array, cuts: readonly number[]) {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  let begin = 0;
  for (const end of ends.sort((a, b) => a - b)) {
    yield bytes.subarray(begin, end);
    begin = end;
  }
}

/** The frames that were read, and the error that ended the reading. */
async function readAll(chunks: AsyncIterable<Uint8Array>) {
  const frames: Frame[] = [];
  try {
    for await (const frame of readFrames(chunks)) {
      frames.push({ ...frame, data: Uint8Array.from(frame.data) });
    }
    return { frames, fault: undefined };
  } catch (error) {
    expect(error).to.be.instanceOf(FrameError);
    return { frames, fault: (error as Error).message };
  }
}

describe('frame', () => {
  it('is ten bytes of big-endian header, then the data', () => {
    const bytes = encodeFrame({
      streamId: 0x01020304,
      type: 'response',
      flags: 5,
      data: Buffer.from('ab'),
    });
    expect(Buffer.from(bytes).toString('hex')).to.equal(
      '00000002' + '01020304' + '02' + '05' + '6162',
    );
  });

  it('survives encoding and reading, however the bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFrame, { maxLength: 6 }),
        fc.array(fc.nat()),
        async (frames, cuts) => {
          const bytes = Buffer.concat(frames.map(encodeFrame));
          expect(await readAll(inChunks(bytes, cuts))).to.deep.equal({ frames, fault: undefined });
        },
      ),
    );
  });

  it('is not read from a stream that ends within it; complete frames before it are', async () => {
    const whole = encodeFrame(response);
    for (let end = 1; end < whole.length; end += 1) {
      const bytes = Buffer.concat([whole, whole.subarray(0, end)]);
      const { frames, fault } = await readAll(inChunks(bytes, []));
      expect(frames).to.have.lengthOf(1);
      expect(fault).to.match(/^the stream ended within a frame: \d+ of at least \d+ bytes came$/);
    }
  });

  it('never makes the reader throw anything but a FrameError', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 100 }),
        fc.array(fc.nat()),
        async (bytes, cuts) => {
          const { frames, fault } = await readAll(inChunks(bytes, cuts));
          const framed = frames.reduce((sum, frame) => sum + 10 + frame.data.length, 0);
          expect(fault === undefined).to.equal(framed === bytes.length);
        },
      ),
    );
  });

  it('is refused at its header if it exceeds 4 MiB, has an unknown type or is text', async () => {
    const oversized = Buffer.from('00400001' + '00000001' + '02' + '00', 'hex');
    const unknown = Buffer.from('00000001' + '00000001' + '04' + '00', 'hex');
    const text = Buffer.from('thread main panicked');
    for (const bytes of [oversized, unknown, text]) {
      // Never ends: only an early refusal lets this test finish.
      const endless = (async function* () {
        yield encodeFrame(response);
        yield bytes;
        await new Promise(() => {});
      })();
      const { frames, fault } = await readAll(endless);
      expect(frames).to.have.lengthOf(1);
      expect(fault)
        .to.contain('expected a ttrpc frame')
        .and.to.contain(bytes.toString('hex', 0, 10));
    }
  });

  it('may hold exactly 4 MiB', async () => {
    const data = new Uint8Array(MAX_FRAME_DATA_BYTES);
    const bytes = encodeFrame({ ...response, data });
    const cuts = Array.from({ length: 500 }, (_, index) => index * 8191);
    const { frames } = await readAll(inChunks(bytes, cuts));
    expect(frames[0]?.data.length).to.equal(MAX_FRAME_DATA_BYTES);
    expect(() => encodeFrame({ ...response, data: new Uint8Array(data.length + 1) })).to.throw(
      RangeError,
      'a message of 4194305 bytes is too long: ttrpc allows 4194304',
    );
  });
});
