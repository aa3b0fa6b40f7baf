import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { parseJson } from '../parse-json.ts';
import { type RunReport, reportSchema } from '../report/schema.ts';

/** Undefined if there is no such file. Throws a UsageError if it is no report of this version. */
export function readReport(file: string): RunReport | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = reportSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${file} is no report of this version of kmx`, {
    code: 'NO_REPORT',
    output: z.prettifyError(parsed.error),
    remedy: 'give report.json of a run of the same kmx',
  });
}
