/**
 * A client of QMP, QEMU's control protocol (QEMU docs/interop/qmp-spec.txt): one JSON object a
 * line. Written by hand, since the packages on npm are unmaintained and we need little of it.
 */

import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import pTimeout from 'p-timeout';
import { z } from 'zod';
import { InfraError } from '../../errors.ts';

/** No message that we ask for comes close; a longer line is not QMP. */
const MAX_LINE_CHARACTERS = 1024 * 1024;

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface QmpClient {
  /**
   * Runs one command and returns its `return` value. Rejects with an InfraError: QMP_REFUSED (QEMU
   * answered with an error), QMP_TIMEOUT, QMP_CLOSED or QMP_GARBLED.
   */
  execute(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Resolves when no more messages come, with the fault if there was one. Never rejects. */
  readonly closed: Promise<InfraError | undefined>;
}

export interface QmpOptions {
  /** For the greeting, and for the answer to each command. */
  readonly timeoutMs: number;
  /** Called in order, also while a command is pending. */
  onEvent(event: QmpEvent): void;
}

const messageSchema = z.union([
  z.object({
    QMP: z.object({
      version: z.object({
        qemu: z.object({ major: z.int(), minor: z.int(), micro: z.int() }),
      }),
    }),
  }),
  z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).default({}) }),
  z.object({ id: z.int(), return: z.unknown() }),
  z.object({ id: z.int().optional(), error: z.object({ class: z.string(), desc: z.string() }) }),
]);
type QmpMessage = z.infer<typeof messageSchema>;

/**
 * Reads the greeting and negotiates capabilities, after which commands may follow. Owns the stream.
 */
export async function connectQmp(stream: Duplex, options: QmpOptions): Promise<QmpClient> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const greeting = Promise.withResolvers<void>();
  const closed = readToEnd();
  let sent = 0;
  let end: InfraError | undefined;

  async function readToEnd(): Promise<InfraError | undefined> {
    const fault = await readMessages(stream, receive);
    end = fault ?? new InfraError('QEMU has closed its QMP socket', { code: 'QMP_CLOSED' });
    greeting.reject(end);
    for (const command of waiting.values()) command.reject(end);
    waiting.clear();
    return fault;
  }

  function receive(message: QmpMessage): void {
    if ('QMP' in message) {
      greeting.resolve();
    } else if ('event' in message) {
      options.onEvent(message);
    } else {
      const command = message.id === undefined ? undefined : waiting.get(message.id);
      if (command === undefined) throw garbled(JSON.stringify(message), 'it answers no command');
      waiting.delete(message.id as number);
      if ('error' in message) command.reject(refused(message.error));
      else command.resolve(message.return);
    }
  }

  async function execute(name: string, parameters: object = {}): Promise<unknown> {
    if (end !== undefined) throw end;
    sent += 1;
    const command = Promise.withResolvers<unknown>();
    waiting.set(sent, command);
    stream.write(`${JSON.stringify({ execute: name, arguments: parameters, id: sent })}\n`);
    return pTimeout(command.promise, {
      milliseconds: options.timeoutMs,
      message: late(`the answer to ${name}`, options.timeoutMs),
    });
  }

  await pTimeout(greeting.promise, {
    milliseconds: options.timeoutMs,
    message: late('the greeting', options.timeoutMs),
  });
  await execute('qmp_capabilities');
  return { execute, closed };
}

/**
 * Passes each message on; returns the fault that ended the stream, or undefined for a plain end.
 */
async function readMessages(
  stream: Duplex,
  receive: (message: QmpMessage) => void,
): Promise<InfraError | undefined> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  try {
    for await (const chunk of stream) {
      text += decoder.write(chunk as Buffer);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) receive(parseMessage(line));
      if (text.length > MAX_LINE_CHARACTERS) throw garbled(text, 'a line is too long');
    }
  } catch (error) {
    if (error instanceof InfraError) return error;
    // The socket was reset or destroyed, which is a plain end, too.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
  text += decoder.end();
  return text.trim() === '' ? undefined : garbled(text, 'it ends in the middle of a line');
}

function parseMessage(line: string): QmpMessage {
  try {
    return messageSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw garbled(line, 'expected a greeting, event, return or error', cause);
  }
}

function garbled(text: string, why: string, cause?: unknown): InfraError {
  return new InfraError(`unusable QMP message from QEMU: ${why}`, {
    code: 'QMP_GARBLED',
    output: text.slice(0, 2048),
    cause,
  });
}

function refused(error: { class: string; desc: string }): InfraError {
  return new InfraError(`QEMU refused a QMP command: ${error.class}: ${error.desc}`, {
    code: 'QMP_REFUSED',
  });
}

function late(what: string, timeoutMs: number): InfraError {
  return new InfraError(`QEMU did not send ${what} within ${timeoutMs} ms`, {
    code: 'QMP_TIMEOUT',
  });
}
