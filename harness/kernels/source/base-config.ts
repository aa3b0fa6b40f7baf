/** The base of a kernel's configuration. */

import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { Wanted } from '../../kconfig/fragments/request.ts';
import type { KconfigBase } from '../../matrix/matrix.ts';
import { readKernelConfig } from '../config/read-config.ts';
import type { BuildContext } from './build-context.ts';
import { withoutDebugInfo } from './debug-info.ts';
import { ownFragment } from './fragments.ts';

export interface BaseConfig {
  /** For reports: `minimal`, `config of debian-6.12`, `my.config`. */
  readonly shown: string;
  /** The goal of make that turns it into a complete configuration. */
  readonly goal: 'allnoconfig' | 'tinyconfig' | 'defconfig' | 'olddefconfig';
  /**
   * What that begins with: a `.config` for `olddefconfig`; for `allnoconfig`, the symbols that are not off. Absent:
   * the tree has it.
   */
  readonly text?: string;
  /** What is not taken over, for people: one sentence each. */
  readonly notes?: readonly string[];
}

/**
 * @param wanted What is requested on top of it.
 * Throws a UsageError if a file or a kernel has no configuration, an InfraError if a kernel cannot be
 * fetched.
 */
export async function readBase(
  base: KconfigBase,
  wanted: Wanted,
  context: BuildContext,
): Promise<BaseConfig> {
  switch (base.kind) {
    case 'minimal': {
      const text = await readFile(ownFragment('minimal'), 'utf8');
      return { shown: 'minimal', goal: 'allnoconfig', text };
    }
    case 'tinyconfig':
    case 'defconfig':
      return { shown: base.kind, goal: base.kind };
    case 'file':
      return { shown: basename(base.path), ...(await readWhole(resolve(base.path))) };
    case 'kernel': {
      if (context.configOf === undefined) throw noKernels(base.name);
      const { path, isOurs } = await context.configOf(base.name);
      const whole = { shown: `config of ${base.name}`, ...(await readWhole(path)) };
      return isOurs ? whole : withoutDebugInfo(whole, wanted);
    }
  }
}

async function readWhole(path: string) {
  const { text } = await readKernelConfig(path);
  return { goal: 'olddefconfig', text: text.toString() } as const;
}

function noKernels(name: string): UsageError {
  return new UsageError(
    `there are no other kernels here, so none with the configuration of ${name}`,
    {
      code: 'NO_BASE',
      remedy:
        'name a file with a configuration as base instead, or minimal, tinyconfig or defconfig',
    },
  );
}

/** Symbols that name files of whoever built a kernel with this configuration. */
const FILES_OF_BUILDERS = ['SYSTEM_TRUSTED_KEYS', 'SYSTEM_REVOCATION_KEYS'];

export interface WithoutFiles {
  readonly text: string;
  /** Symbols whose files the tree does not have, and their values. */
  readonly removed: readonly string[];
}

/**
 * Debian's configurations name certificates that are built into its kernels, and are not in the package
 * of the sources. Without them, a kernel trusts no modules but its own.
 */
export function withoutMissingFiles(
  text: string,
  isThere: (path: string) => boolean,
): WithoutFiles {
  const removed: string[] = [];
  const kept = text.replace(
    /^CONFIG_(\w+)="([^"\n]+)"$/gm,
    (line, symbol: string, path: string) => {
      if (!FILES_OF_BUILDERS.includes(symbol) || isThere(path)) return line;
      removed.push(line);
      return `CONFIG_${symbol}=""`;
    },
  );
  return { text: kept, removed };
}
