import { join } from 'node:path';
import type { Reporter } from './reporter.ts';
import { replaceFile } from './write-file.ts';

/** report.json, in the form of docs/report.schema.json. */
export function createJsonReporter(folder: string): Reporter {
  return {
    onEnd: (report) =>
      replaceFile(join(folder, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`),
  };
}
