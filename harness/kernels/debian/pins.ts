/**
 * What packages that nobody vouches for were like when they were first fetched: one file each in the
 * cache, with the sha256 of the package as hexadecimal digits.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageFile } from '../../debian/package-file.ts';

type Package = Pick<PackageFile, 'name' | 'version'>;

/** Undefined if this cache has never had the package. */
export async function readPin(cacheRoot: string, file: Package): Promise<string | undefined> {
  try {
    return (await readFile(pinFile(cacheRoot, file), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writePin(cacheRoot: string, file: Package, sha256: string): Promise<void> {
  await mkdir(join(cacheRoot, 'pins'), { recursive: true });
  await writeFile(pinFile(cacheRoot, file), `${sha256}\n`);
}

function pinFile(cacheRoot: string, { name, version }: Package): string {
  return join(cacheRoot, 'pins', `${name}_${version}`);
}
