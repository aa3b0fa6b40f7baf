import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Lets `latest` beside the run's folder point to it, in one step. */
export function linkLatest(folder: string): void {
  const parent = dirname(folder);
  const temporary = join(parent, `.latest.${process.pid}`);
  // One that another kmx of this process id was killed over.
  rmSync(temporary, { force: true });
  symlinkSync(basename(folder), temporary);
  renameSync(temporary, join(parent, 'latest'));
}
