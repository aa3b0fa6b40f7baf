import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from './exit-codes.ts';
import { PAGE } from './page-link.ts';
import { readPastReport } from './past-report.ts';
import { printSummary } from './print-summary.ts';

export interface ShowOptions {
  readonly out: string;
}

/**
 * Prints the summary of a run again, from its event log: also of a run that was killed, or has not
 * ended. Exit code 0 whatever it says: showing a red run is no failure.
 * @param run As `findRunLog` takes it.
 */
export async function show(run: string, { out }: ShowOptions): Promise<number> {
  const { report, folder } = await readPastReport(out, run);
  const hasPage = existsSync(join(folder, PAGE));
  printSummary(report, process.stdout, process.env, { folder, hasPage });
  return EXIT_CODES.good;
}
