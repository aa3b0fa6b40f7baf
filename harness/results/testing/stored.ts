import type { TestId } from '../../events.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { STORED_VERSION, type StoredFile, type StoredResult } from '../stored-file.ts';

export const PASS: StoredResult = {
  run: '20261124-161209-0ae5',
  time: '2026-11-24T16:12:30.000Z',
  verdict: 'pass',
  durationMs: 12,
  findings: [],
};

/** A spec file as it is stored, with a result or none for each title. */
export function storedFile(
  file: string,
  results: Readonly<Record<string, StoredResult | undefined>>,
  others: Partial<StoredFile> = {},
): StoredFile {
  const tests = Object.entries(results).map(([title, result]) => ({
    title,
    ...omitUndefined({ result }),
  }));
  const modules = file === 'boots' ? {} : { [file]: 'sha256:1' };
  return { version: STORED_VERSION, key: 'sha256:key', file, modules, tests, ...others };
}

export const nameOf = ({ file, title }: TestId): string => `${file}:${title}`;
