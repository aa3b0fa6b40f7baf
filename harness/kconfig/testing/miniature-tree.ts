import { existsSync, readFileSync } from 'node:fs';
import type { KernelConfig } from '../kernel-config.ts';
import type { KconfigTree } from '../language/kconfig-tree.ts';
import { parseKconfigTree } from '../language/parse-tree.ts';
import { configOf, readRecorded } from './recorded-config.ts';

const VARIABLES = { ARCH: 'x86', SRCARCH: 'x86', CC: 'gcc', KERNELVERSION: '6.12.0' };

/** The tree of testdata/tree. No macro that needs a shell is evaluated. */
export function readMiniature(): KconfigTree {
  const root = new URL('../testdata/tree/', import.meta.url);
  return parseKconfigTree((path) => {
    const file = new URL(path, root);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }, VARIABLES);
}

/** What the kernel's own program made of it: see the header of the file. */
export function readMiniatureConfig(name: 'minimal' | 'full'): KernelConfig {
  return configOf(readRecorded(`tree-${name}.config`));
}

/** A tree of one file. */
export function treeOf(
  text: string,
  variables: Readonly<Record<string, string>> = {},
): KconfigTree {
  return parseKconfigTree((path) => (path === 'Kconfig' ? text : undefined), variables);
}
