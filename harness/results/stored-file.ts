/**
 * The format of stored results: all tests of one spec file in one cell, as a line of JSON. The line
 * before it is its digest, so that a file that was cut off or changed on the disk is no result.
 */
import { z } from 'zod';
import { digestOf } from '../cache/digest.ts';
import { guestFactsSchema, probedFactsSchema } from '../guest-facts.ts';
import { detailSchema, findingSchema, optional, text, time, verdict } from '../report/schema.ts';

/**
 * Incremented when the format or the rules of what may be kept change: older files count as
 * missing.
 */
export const STORED_VERSION = 2;

const storedTestSchema = z.strictObject({
  title: text,
  /** Absent: the file has this test, but no result that may be kept. */
  result: optional(
    z.strictObject({
      run: text,
      time,
      verdict,
      signature: optional(text),
      durationMs: z.number().nonnegative(),
      detail: optional(detailSchema),
      findings: z.array(findingSchema),
    }),
  ),
});

const storedFileSchema = z.strictObject({
  version: z.literal(STORED_VERSION),
  /** Digest of everything but the modules. Like `file`, it must be the one that is asked for. */
  key: text,
  /** Path below `scenarios/`. */
  file: text,
  /** Digests of the spec file and everything it imported, by path relative to `scenarios/`. */
  modules: z.record(text, text),
  /** All tests of the file, in its order, wanted or not. */
  tests: z.array(storedTestSchema),
  /** Of `boots`: what a guest said that came up. */
  facts: optional(z.strictObject({ guest: guestFactsSchema, probed: probedFactsSchema })),
});

export type StoredFile = z.infer<typeof storedFileSchema>;
export type StoredFacts = NonNullable<StoredFile['facts']>;
export type StoredTest = z.infer<typeof storedTestSchema>;
export type StoredResult = NonNullable<StoredTest['result']>;

export function formatStoredFile(stored: StoredFile): string {
  const json = JSON.stringify(stored);
  return `${digestOf(json)}\n${json}\n`;
}

/** Undefined for a file that is broken, of another version, or about something else. */
export function parseStoredFile(
  content: string,
  { key, file }: Pick<StoredFile, 'key' | 'file'>,
): StoredFile | undefined {
  const [digest, json = ''] = content.split('\n', 2);
  if (digest !== digestOf(json)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { success, data } = storedFileSchema.safeParse(value);
  return success && data.key === key && data.file === file ? data : undefined;
}
