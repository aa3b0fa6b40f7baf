import { renameSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Lets `latest` beside the run's folder point to it, in one step. */
export function linkLatest(folder: string): void {
  const parent = dirname(folder);
  const temporary = join(parent, `.latest.${process.pid}`);
  symlinkSync(basename(folder), temporary);
  renameSync(temporary, join(parent, 'latest'));
}
