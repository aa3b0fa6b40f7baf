import { deepStrictEqual, ok } from 'node:assert';
import { ChannelFault } from '../../channel/channel-fault.ts';
import { createFrameDecoder, encodeFrame, type Frame } from '../../channel/frame.ts';
import { cutInPieces, type FuzzTarget } from '../fuzz-target.ts';
import { MESSAGES } from './sample-messages.ts';

/** However the bytes are split, the frames and the fault are the same. */
export const controlFrames: FuzzTarget = {
  name: 'control-frames',
  seeds: () => [
    Buffer.concat(
      MESSAGES.map((message, at) => {
        const payload = Buffer.from(JSON.stringify(message));
        return encodeFrame({ kind: 'message', sequence: at + 1, payload });
      }),
    ),
    ...[1, 2 ** 32 - 1].map((sequence) => encodeFrame({ kind: 'acknowledgement', sequence })),
  ],
  run(input) {
    const whole = decode([input]);
    deepStrictEqual(decode(cutInPieces(input)), whole);
    const bytes = whole.frames.reduce((sum, frame) => sum + lengthOf(frame), 0);
    ok(bytes <= input.length, `${bytes} bytes came out of ${input.length}`);
  },
};

function decode(pieces: Iterable<Uint8Array>) {
  const decoder = createFrameDecoder();
  const frames: Frame[] = [];
  try {
    for (const piece of pieces) {
      for (const frame of decoder.push(piece)) frames.push(frame);
    }
  } catch (error) {
    if (!(error instanceof ChannelFault)) throw error;
    return { frames, fault: error.kind };
  }
  return { frames, pendingBytes: decoder.pendingBytes };
}

function lengthOf(frame: Frame): number {
  return frame.kind === 'message' ? frame.payload.length : 0;
}
