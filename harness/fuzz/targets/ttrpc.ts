import { deepStrictEqual } from 'node:assert';
import { create, type DescMessage, type DescMethodUnary, toBinary } from '@bufbuild/protobuf';
import { AgentError } from '../../agents/agent.ts';
import { decodeResponse } from '../../agents/kata/call.ts';
import { encodeFrame, FrameError, readFrames } from '../../agents/kata/frame.ts';
import { AgentService } from '../../agents/kata/generated/agent_pb.js';
import * as health from '../../agents/kata/generated/health_pb.js';
import { Code, ResponseSchema, StatusSchema } from '../../agents/kata/generated/ttrpc_pb.js';
import { allowRefusal, cutInPieces, type FuzzTarget } from '../fuzz-target.ts';

const METHODS: readonly DescMethodUnary<DescMessage, DescMessage>[] = [
  ...Object.values(AgentService.method),
  ...Object.values(health.Health.method),
];

/** However the bytes are split, the frames and the error are the same. */
export const ttrpcFrames: FuzzTarget = {
  name: 'ttrpc-frames',
  seeds: () => [
    Buffer.concat(
      answers().map((data, at) =>
        encodeFrame({ streamId: 2 * at + 1, type: 'response', flags: 0, data }),
      ),
    ),
  ],
  async run(input) {
    deepStrictEqual(await decode(cutInPieces(input)), await decode([input]));
  },
};

/** Any bytes are an answer of the method, or an AgentError. */
export const ttrpcAnswers: FuzzTarget = {
  name: 'ttrpc-answers',
  seeds: answers,
  run(input) {
    for (const method of METHODS) {
      allowRefusal(AgentError, () => decodeResponse(method, input));
    }
  },
};

/** An empty answer of each method, one with data, and an error. */
function answers(): readonly Uint8Array[] {
  const payloads = METHODS.map(({ output }) => toBinary(output, create(output)));
  const full = toBinary(
    AgentService.method.readStdout.output,
    create(AgentService.method.readStdout.output, { data: Buffer.from('max\n') }),
  );
  const status = create(StatusSchema, { code: Code.INTERNAL, message: 'no such container' });
  return [
    ...[...payloads, full].map((payload) => create(ResponseSchema, { payload })),
    create(ResponseSchema, { status }),
  ].map((response) => toBinary(ResponseSchema, response));
}

async function decode(pieces: Iterable<Uint8Array>) {
  const frames = [];
  try {
    for await (const frame of readFrames(toAsync(pieces))) frames.push(frame);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return { frames, isRefused: true };
  }
  return { frames, isRefused: false };
}

async function* toAsync<T>(values: Iterable<T>): AsyncGenerator<T, void> {
  yield* values;
}
