/** What the spawner answers, as guest/spawner/src/message.rs has it: JSON, one object a line. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import { InfraError } from '../../../errors.ts';

const answerSchema = z.union([
  z.object({ started: z.object({ pid: z.int().positive() }) }),
  z.object({ refused: z.object({ reason: z.string() }) }),
  z.object({
    ended: z.object({
      code: z.int().nullable(),
      signal: z.string().nullable(),
      output: z.string(),
    }),
  }),
]);
export type SpawnerAnswer = z.infer<typeof answerSchema>;

/** What a program printed is cut to 8 KiB before it is quoted. */
const LINE_CHARACTERS_MAX = 1024 * 1024;

/**
 * The answers on a connection, until it ends. A connection that breaks is one that ends. Throws an
 * InfraError if something else is said on it.
 */
export async function* readAnswers(stream: Readable): AsyncGenerator<SpawnerAnswer> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  try {
    for await (const chunk of stream) {
      text += decoder.write(chunk as Buffer);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) yield parseAnswer(line);
      if (text.length > LINE_CHARACTERS_MAX) throw garbled(text);
    }
  } catch (error) {
    if (error instanceof InfraError || !(error instanceof Error && 'code' in error)) throw error;
  }
}

function parseAnswer(line: string): SpawnerAnswer {
  try {
    return answerSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw garbled(line, cause);
  }
}

function garbled(text: string, cause?: unknown): InfraError {
  return new InfraError('unusable answer from the container in which QEMU runs', {
    code: 'SPAWNER_GARBLED',
    output: text.slice(0, 2048),
    cause,
  });
}
