import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KconfigTree } from '../../kconfig/language/kconfig-tree.ts';
import { parseKconfigTree } from '../../kconfig/language/parse-tree.ts';
import type { OpenTree } from './tree/source-tree.ts';

/** What Kbuild is told to build for; also what it hands on to Kconfig. */
export const ARCH = 'x86_64';

/**
 * What the Kconfig files of a tree say of a kernel for x86_64. Takes a second. Macros that ask
 * the compiler are not evaluated.
 */
export function readKconfig({ folder, version }: OpenTree): KconfigTree {
  const variables = { ARCH, SRCARCH: 'x86', srctree: '.', KERNELVERSION: version };
  return parseKconfigTree((path) => readText(join(folder, path)), variables);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}
