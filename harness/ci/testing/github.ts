/** A made-up GitHub in a folder, with a `gh` that tests put into PATH. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakeGitHub } from './fake-gh.ts';

const GH = fileURLToPath(new URL('fake-gh.ts', import.meta.url));

export interface TestHub {
  /** Variables for whatever calls `gh`. */
  readonly environment: Readonly<Record<string, string>>;
  read(): Promise<FakeGitHub>;
}

export async function createTestHub(
  folder: string,
  content: Partial<FakeGitHub> = {},
): Promise<TestHub> {
  const [bin, file] = [join(folder, 'bin'), join(folder, 'github.json')];
  await mkdir(bin, { recursive: true });
  const script = `#!/bin/sh\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${GH}' "$@"\n`;
  await writeFile(join(bin, 'gh'), script, { mode: 0o755 });
  await writeFile(file, JSON.stringify({ calls: [], issues: [], labels: [], ...content }));
  return {
    environment: { PATH: `${bin}:${process.env.PATH}`, FAKE_GH: file },
    read: async () => JSON.parse(await readFile(file, 'utf8')) as FakeGitHub,
  };
}
