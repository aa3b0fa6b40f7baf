/**
 * The peer of a real ttrpc connection, for tests: it hands out incoming calls, which the test answers
 * in any order, wrongly, or never.
 */
import { EventEmitter, on } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { encodeFrame, readFrames } from '../kata/frame.ts';
import { type Code, RequestSchema, ResponseSchema } from '../kata/generated/ttrpc_pb.js';

/** One incoming call. */
export interface ScriptedCall {
  /** For example `grpc.AgentService/CreateContainer`. */
  readonly name: string;
  readonly streamId: number;
  readonly timeoutNano: bigint;
  /** The connection itself, for answers that no agent should give. */
  readonly socket: Socket;
  read<Schema extends DescMessage>(schema: Schema): MessageShape<Schema>;
  answer<Schema extends DescMessage>(schema: Schema, answer: MessageInitShape<Schema>): void;
  refuse(code: Code | number, message: string): void;
}

/** A server on a unix socket in a private directory; disposing of it closes its connections. */
export interface ScriptedAgent extends AsyncDisposable {
  readonly socketPath: string;
  /** The next call of any connection, in order of arrival. */
  nextCall(): Promise<ScriptedCall>;
}

export async function startScriptedAgent(): Promise<ScriptedAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'scripted-agent-'));
  const socketPath = join(folder, 'socket');
  const emitter = new EventEmitter();
  const calls = on(emitter, 'call');
  const sockets = new Set<Socket>();

  const server = createServer((socket) => {
    sockets.add(socket);
    void hearCalls(socket, (call) => emitter.emit('call', call));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));

  return {
    socketPath,
    async nextCall() {
      const { value: [call] = [] } = await calls.next();
      return call;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** Hands out every call of one connection until it is closed. */
export async function hearCalls(
  socket: Socket,
  onCall: (call: ScriptedCall) => void,
): Promise<void> {
  try {
    for await (const { streamId, data } of readFrames(socket)) {
      onCall(receiveCall(socket, streamId, data));
    }
  } catch (error) {
    // The test has closed its end of the connection: nothing is left to do.
    socket.destroy(error as Error);
  }
}

function receiveCall(socket: Socket, streamId: number, data: Uint8Array): ScriptedCall {
  const request = fromBinary(RequestSchema, data);
  const respond = (response: MessageInitShape<typeof ResponseSchema>) => {
    const bytes = toBinary(ResponseSchema, create(ResponseSchema, response));
    socket.write(encodeFrame({ streamId, type: 'response', flags: 0, data: bytes }));
  };
  return {
    name: `${request.service}/${request.method}`,
    streamId,
    timeoutNano: request.timeoutNano,
    socket,
    read: (schema) => fromBinary(schema, request.payload),
    answer(schema, answer) {
      respond({ status: {}, payload: toBinary(schema, create(schema, answer)) });
    },
    refuse(code, message) {
      respond({ status: { code, message } });
    },
  };
}
