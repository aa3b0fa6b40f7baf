import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file in one step: whoever reads it sees the old one or the new one, never a half. */
export function replaceFile(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
