import { expect } from 'chai';
import fc from 'fast-check';
import { ChannelFault } from './channel-fault.ts';
import { createFrameDecoder, encodeFrame, type Frame, PAYLOAD_BYTES_MAX } from './frame.ts';

const message = (sequence: number, text: string): Frame => ({
  kind: 'message',
  sequence,
  payload: Buffer.from(text),
});

function faultOf(bytes: Uint8Array): ChannelFault {
  try {
    Array.from(createFrameDecoder().push(bytes));
  } catch (error) {
    if (error instanceof ChannelFault) return error;
    throw error;
  }
  throw new Error('Expected a ChannelFault, got none');
}

describe('frame decoder', () => {
  it('gives the same frames however the bytes are split', () => {
    const frames = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('message' as const),
          sequence: fc.nat(),
          payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        }),
        fc.record({ kind: fc.constant('acknowledgement' as const), sequence: fc.nat() }),
      ),
    );
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 50 }), (sent, step) => {
        const bytes = Buffer.concat(sent.map(encodeFrame));
        const decoder = createFrameDecoder();
        const received: Frame[] = [];
        for (let at = 0; at < bytes.length; at += step) {
          received.push(...decoder.push(bytes.subarray(at, at + step)));
        }
        expect(received).to.deep.equal(sent);
        expect(decoder.pendingBytes).to.equal(0);
      }),
    );
  });

  it('does not wait for the rest of a header that begins with garbage', () => {
    expect(faultOf(Buffer.from('KMX?')).message).to.contain('found 4b4d583f');
    expect(faultOf(Buffer.from('l')).kind).to.equal('GARBLED');
    expect(Array.from(createFrameDecoder().push(Buffer.from('KM')))).to.deep.equal([]);
  });

  it('notices each changed bit of a frame', () => {
    const bytes = encodeFrame(message(7, '{"type":"hello"}'));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const garbled = Buffer.from(bytes);
        garbled.writeUInt8(garbled.readUInt8(at) ^ (1 << bit), at);
        const decoder = createFrameDecoder();
        let frames: Frame[] = [];
        try {
          frames = [...decoder.push(garbled)];
        } catch (error) {
          expect(error).to.be.instanceOf(ChannelFault);
        }
        // A changed length may leave the frame unfinished; it must never come out as if it were right.
        expect(frames).to.deep.equal([]);
      }),
    );
  });

  it('refuses an oversized frame before it waits for its payload', () => {
    const header = encodeFrame(message(1, '')).subarray(0, 20);
    header.writeUInt32BE(PAYLOAD_BYTES_MAX + 1, 12);
    expect(faultOf(header).kind).to.equal('OVERSIZED');
  });

  it('says what it found where a frame should begin', () => {
    expect(faultOf(Buffer.from('[    0.000000] Linux version')).message).to.include(
      'found 5b202020',
    );
  });

  it('counts the bytes of a frame that is not finished', () => {
    const decoder = createFrameDecoder();
    const frames = [...decoder.push(encodeFrame(message(1, 'abcdef')).subarray(0, 23))];
    expect(frames).to.deep.equal([]);
    expect(decoder.pendingBytes).to.equal(23);
  });

  it('copies each byte at most once or twice, however many frames there are', () => {
    const frames = Array.from({ length: 20_000 }, (_, n) => encodeFrame(message(n + 1, '{}')));
    const bytes = new Uint8Array(Buffer.concat(frames));
    const whole = new Set<ArrayBufferLike>();
    for (const frame of createFrameDecoder().push(bytes)) {
      if (frame.kind === 'message') whole.add(frame.payload.buffer);
    }
    expect([...whole]).to.deep.equal([bytes.buffer]);
    const pieces = new Set<ArrayBufferLike>();
    const decoder = createFrameDecoder();
    for (let at = 0; at < bytes.length; at += 10_000) {
      for (const frame of decoder.push(bytes.subarray(at, at + 10_000))) {
        if (frame.kind === 'message') pieces.add(frame.payload.buffer);
      }
    }
    const copied = [...pieces].reduce((sum, { byteLength }) => sum + byteLength, 0);
    // Small copies share a pool of Node's, which counts as a whole.
    expect(copied).to.be.lessThan(3 * bytes.length + 2 * Buffer.poolSize);
  });
});
