import { z } from 'zod';
import { InfraError } from '../../errors.ts';

/** An answer of the engine that is an error, as dockerode throws it. */
const ANSWER = z.object({
  statusCode: z.number().optional(),
  json: z.object({ message: z.string() }).optional(),
  message: z.string(),
});

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /bind source path does not exist|statfs .*: no such file/,
    'run kmx on the host of the engine: its containers must see the folder for temporary files (TMPDIR)',
  ],
  [/no space left on device/, 'free space where the engine keeps its images'],
  [
    /operation not permitted|permission denied/i,
    'use an engine that may grant a container SYS_ADMIN; rootless ones may not on every host',
  ],
  [/(ECONNREFUSED|ENOENT|EPIPE|ECONNRESET|socket hang up)/, 'start the engine again'],
];

/**
 * What an engine refused, or could not do.
 * @param doing What was asked for, as in `start a container`.
 */
export function engineFault(doing: string, error: unknown): InfraError {
  if (error instanceof InfraError) return error;
  const words = wordsOf(error);
  const remedy = REMEDIES.find(([pattern]) => pattern.test(words))?.[1];
  return new InfraError(`the container engine could not ${doing}: ${words}`, {
    code: 'ENGINE_FAULT',
    ...(remedy === undefined ? {} : { remedy }),
    cause: error,
  });
}

/** The HTTP status of the engine's answer; undefined if it gave none. */
export function statusOf(error: unknown): number | undefined {
  return ANSWER.safeParse(error).data?.statusCode;
}

function wordsOf(error: unknown): string {
  const answer = ANSWER.safeParse(error).data;
  return (answer?.json?.message ?? answer?.message ?? String(error)).trim();
}
