/** The form in which results are kept: all tests of one spec file in one cell, as JSON. */
import { z } from 'zod';
import { detailSchema, findingSchema, optional, text, time, verdict } from '../report/schema.ts';

/** Counts up when the form or the rules of what may be kept change: older files are as good as none. */
export const STORED_VERSION = 1;

const storedTestSchema = z.strictObject({
  title: text,
  /** Absent: the file has this test, but there is no result that may be kept. */
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
  /** Digest of everything but the modules; and the path below `scenarios/`: they must be the asked ones. */
  key: text,
  file: text,
  /** Digests of the spec file and of all that it has imported, by path relative to `scenarios/`. */
  modules: z.record(text, text),
  /** In the file's order, and whether or not a run wanted them all. */
  tests: z.array(storedTestSchema),
});

export type StoredFile = z.infer<typeof storedFileSchema>;
export type StoredTest = z.infer<typeof storedTestSchema>;
export type StoredResult = NonNullable<StoredTest['result']>;

export function formatStoredFile(stored: StoredFile): string {
  return `${JSON.stringify(stored)}\n`;
}

/** Undefined for what is broken, of another version, or about something else. */
export function parseStoredFile(
  content: string,
  { key, file }: Pick<StoredFile, 'key' | 'file'>,
): StoredFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { success, data } = storedFileSchema.safeParse(value);
  return success && data.key === key && data.file === file ? data : undefined;
}
