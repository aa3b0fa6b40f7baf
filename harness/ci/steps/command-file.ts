import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file to which a step writes what later ones are to know: `$GITHUB_OUTPUT`, `$GITHUB_ENV`. */
export interface CommandFile {
  readonly path: string;
  read(): Readonly<Record<string, string>>;
}

export function createCommandFile(folder: string): CommandFile {
  const path = join(folder, randomBytes(6).toString('hex'));
  writeFileSync(path, '');
  return { path, read: () => parseCommandFile(readFileSync(path, 'utf8')) };
}

/** `name=value`, or `name<<END`, lines and `END`. Throws for anything else, as GitHub does. */
function parseCommandFile(text: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const found = /^(?<name>[^=<]+)(?:=(?<value>.*)|<<(?<end>.+))$/.exec(line)?.groups;
    if (found !== undefined) {
      const { name = '', value, end = '' } = found;
      values[name] = value ?? takeUntil(lines, end);
    } else if (line !== '') throw new Error(`Expected name=value in a step's file, found: ${line}`);
  }
  return values;
}

function takeUntil(lines: string[], end: string): string {
  const at = lines.indexOf(end);
  if (at === -1) throw new Error(`Expected a line ${end} in a step's file`);
  return lines
    .splice(0, at + 1)
    .slice(0, -1)
    .join('\n');
}
