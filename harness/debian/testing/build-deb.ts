import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** By path in the package: what a file contains, or where a symbolic link leads. */
export type DebFiles = Readonly<Record<string, string | Buffer | { readonly link: string }>>;

/** Makes a .deb at `path`. */
export async function buildDeb(path: string, name: string, files: DebFiles): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-deb-'));
  try {
    const fields = ['Version: 1', 'Architecture: amd64', 'Maintainer: a <a@b.example>'];
    const control = [`Package: ${name}`, ...fields, 'Description: a', ''].join('\n');
    const all: DebFiles = { ...files, 'DEBIAN/control': control };
    for (const [file, content] of Object.entries(all)) {
      await mkdir(join(folder, dirname(file)), { recursive: true, mode: 0o755 });
      if (typeof content === 'string' || Buffer.isBuffer(content)) {
        await writeFile(join(folder, file), content);
      } else {
        await symlink(content.link, join(folder, file));
      }
    }
    await execa('dpkg-deb', ['-Znone', '--root-owner-group', '-b', folder, path]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
