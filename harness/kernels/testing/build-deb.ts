import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** Makes a .deb at `path` from file contents, by their path in the package. */
export async function buildDeb(
  path: string,
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-deb-'));
  try {
    const fields = ['Version: 1', 'Architecture: amd64', 'Maintainer: a <a@b.example>'];
    const control = [`Package: ${name}`, ...fields, 'Description: a', ''].join('\n');
    const all = { ...files, 'DEBIAN/control': control };
    for (const [file, content] of Object.entries(all)) {
      await mkdir(join(folder, dirname(file)), { recursive: true, mode: 0o755 });
      await writeFile(join(folder, file), content);
    }
    await execa('dpkg-deb', ['-Znone', '--root-owner-group', '-b', folder, path]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
