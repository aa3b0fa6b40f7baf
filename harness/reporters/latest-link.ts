import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Points the link `latest` beside the run's folder to it, in one step. */
export function linkLatest(folder: string): void {
  const parent = dirname(folder);
  const temporary = join(parent, `.latest.${process.pid}`);
  // Left behind by a killed kmx with the same process id.
  rmSync(temporary, { force: true });
  symlinkSync(basename(folder), temporary);
  renameSync(temporary, join(parent, 'latest'));
}
