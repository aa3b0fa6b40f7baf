import { readFile } from 'node:fs/promises';
import { UsageError } from '../../../errors.ts';
import { parseJson } from '../../../parse-json.ts';
import { toLine } from '../../../text.ts';
import type { JsonObject } from '../../../trace/traced-call.ts';

/**
 * A JSON object; whether it fits a call shows when it is sent. Throws a UsageError for anything else.
 */
export async function readRequest(file: string): Promise<JsonObject> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file}: the request cannot be read: ${(cause as Error).message}`, {
      ...{ code: 'NO_REQUEST', remedy: 'name a file with a request in JSON', cause },
    });
  });
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new UsageError(`${file}: expected a JSON object, found ${toLine(text, 40)}`, {
    ...{ code: 'NO_REQUEST', remedy: "'show' prints the test's request, which can be edited" },
  });
}
