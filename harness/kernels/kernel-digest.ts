import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { digestFile, digestOf } from '../cache/digest.ts';

export interface KernelFiles {
  readonly image: string;
  readonly config?: string;
  readonly modules?: string;
}

/**
 * `sha256:…` over the image, the config and the name and size of every module. Modules are not
 * read: those that go into a guest are part of the initramfs's digest.
 */
export async function digestKernel(files: KernelFiles): Promise<string> {
  const lines = [
    `image ${await digestFile(files.image)}`,
    `config ${files.config ? await digestFile(files.config) : 'none'}`,
  ];
  for (const path of files.modules ? await listModules(files.modules) : []) {
    const { size } = await stat(path);
    lines.push(`module ${relative(files.modules ?? '', path)} ${size}`);
  }
  return digestOf(lines.join('\n'));
}

/** The absolute paths of all kernel modules in a folder, compressed or not, sorted. */
export async function listModules(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ko(\.(xz|zst|gz))?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
