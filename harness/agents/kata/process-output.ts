/** Reads the output of processes in the background, from start to end. */
import type { DescMethodUnary } from '@bufbuild/protobuf';
import {
  AgentError,
  type CallOptions,
  ChannelLost,
  type OutputStream,
  type ProcessTarget,
} from '../agent.ts';
import { OutputBuffer } from '../output-buffer.ts';
import type { TtrpcConnection } from './connection.ts';
import {
  AgentService,
  type ReadStreamRequestSchema,
  type ReadStreamResponseSchema,
} from './generated/agent_pb.js';
import { processId } from './process-id.ts';

type ReadMethod = DescMethodUnary<typeof ReadStreamRequestSchema, typeof ReadStreamResponseSchema>;

const READ_BYTES = 64 * 1024;

/** Agents of 2024 report the end of a stream as `read meet eof`; later ones return no data. */
const END = /\beof\b/i;
/** `Invalid exec id` (kata-agent 3), `InvalidExecId` (4), and the same for containers. */
const UNKNOWN_PROCESS = /invalid\s?(?:exec|container)\s?id/i;

/** The output of one started process. */
export class ProcessOutput {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Resolves when both streams have ended. */
  readonly ended: Promise<unknown>;
  readonly #target: ProcessTarget;
  readonly #connection: TtrpcConnection;
  readonly #defaultTimeoutMs: number;
  #mayBeForgotten = false;

  /** Starts reading. */
  constructor(connection: TtrpcConnection, target: ProcessTarget, defaultTimeoutMs: number) {
    this.#connection = connection;
    this.#target = target;
    this.#defaultTimeoutMs = defaultTimeoutMs;
    const stdout = this.#readAll(AgentService.method.readStdout);
    const stderr = this.#readAll(AgentService.method.readStderr);
    this.ended = Promise.all([stdout.ended, stderr.ended]);
    this.stdout = this.#openStream(AgentService.method.readStdout, stdout);
    this.stderr = this.#openStream(AgentService.method.readStderr, stderr);
  }

  /** From now on, an error that says the process is unknown means the end of its output. */
  expectForgotten(): void {
    this.#mayBeForgotten = true;
  }

  #readAll(method: ReadMethod): OutputBuffer {
    const { containerId, execId } = processId(this.#target);
    const buffer = new OutputBuffer(`${method.name} of ${execId}`);
    const readOn = async (): Promise<void> => {
      for (;;) {
        const request = { containerId, execId, len: READ_BYTES };
        const { data } = await this.#connection.callInBackground(method, request);
        if (data.length === 0) return buffer.end();
        buffer.push(data);
      }
    };
    // The buffer keeps the error for the next reader, if there is one.
    readOn().catch((error: Error) => buffer.end(this.#isEnd(error) ? undefined : error));
    return buffer;
  }

  #isEnd(error: Error): boolean {
    if (!(error instanceof AgentError)) return false;
    if (END.test(error.reason)) return true;
    const isUnknown = error.code === 'NOT_FOUND' || UNKNOWN_PROCESS.test(error.reason);
    return this.#mayBeForgotten && isUnknown;
  }

  #openStream({ name }: ReadMethod, buffer: OutputBuffer): OutputStream {
    const read = async (options?: CallOptions): Promise<Uint8Array> => {
      const timeoutMs = options?.timeoutMs ?? this.#defaultTimeoutMs;
      for (;;) {
        const { changed } = buffer;
        const data = takeFrom(buffer, read);
        if (data !== undefined) return data;
        await this.#connection.waitFor(name, changed, { timeoutMs, signal: options?.signal });
      }
    };
    return { read };
  }
}

/** Takes from the buffer; an error that was stored there gets the stack of the reader. */
function takeFrom(buffer: OutputBuffer, reader: () => unknown): Uint8Array | undefined {
  try {
    return buffer.take();
  } catch (error) {
    if (error instanceof AgentError || error instanceof ChannelLost) {
      Error.captureStackTrace(error, reader);
    }
    throw error;
  }
}
