/**
 * The complete configuration that a base makes, with the programs that Kbuild configures with: building
 * these takes longer than configuring a kernel with them.
 */

import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { waitForEntry } from '../../debian/wait-for-entry.ts';
import { type BaseConfig, withoutMissingFiles } from './base-config.ts';
import type { BuildContext } from './build-context.ts';
import type { Compiler } from './compiler.ts';
import { makeConfig } from './make-config.ts';
import type { OpenTree, SourceTree } from './tree/source-tree.ts';

/** Changes when entries have other files, or are made in another way. */
const FORMAT = 1;
const OUTPUT = 'out';
/** What make makes anew for each configuration, and a link. */
const NOT_KEPT = ['include', 'source', 'base.config', '.config.old'];

export interface BaseInputs {
  readonly tree: SourceTree;
  readonly base: BaseConfig;
  readonly compiler: Compiler;
}

/** By everything that the configuration depends on. */
export function digestBase({ tree, base, compiler }: BaseInputs): string {
  const { goal, text = null } = base;
  return digestOf(JSON.stringify(['base', FORMAT, tree.digest, compiler.digest, goal, text]));
}

/** Its key in the cache. */
export function baseKey(inputs: BaseInputs): string {
  return `configured-kernels/base-${nameOfDigest(digestBase(inputs))}`;
}

/** Puts it into a folder that does not exist yet, for make to go on in. Throws as `makeConfig`. */
export async function copyBase(
  inputs: BaseInputs,
  open: OpenTree,
  to: string,
  context: BuildContext,
): Promise<void> {
  const entry = await cachedEntry(
    context.cacheRoot,
    baseKey(inputs),
    async (folder) => {
      const output = join(folder, OUTPUT);
      await makeBase(inputs, open, output, context);
      await Promise.all(
        NOT_KEPT.map((name) => rm(join(output, name), { recursive: true, force: true })),
      );
    },
    waitForEntry(`configuring ${open.version}`, context),
  );
  await cp(join(entry, OUTPUT), to, { recursive: true, preserveTimestamps: true });
  await makeWritable(to);
}

async function makeBase(
  { base, compiler }: BaseInputs,
  { folder: tree }: OpenTree,
  output: string,
  { signal, onProgress }: BuildContext,
): Promise<void> {
  await mkdir(output);
  for (const text of base.notes ?? []) onProgress({ kind: 'note', text });
  const environment: Record<string, string> = {};
  if (base.text !== undefined && base.goal === 'olddefconfig') {
    const found = withoutMissingFiles(base.text, (path) => existsSync(join(tree, path)));
    for (const line of found.removed) {
      const text = `${line} of ${base.shown} names a file that the sources lack: left out`;
      onProgress({ kind: 'note', text });
    }
    await writeFile(join(output, '.config'), found.text);
  } else if (base.text !== undefined) {
    const path = join(output, 'base.config');
    await writeFile(path, base.text);
    environment.KCONFIG_ALLCONFIG = path;
  }
  await makeConfig({ compiler, tree, output, goal: base.goal, environment, signal });
}

/** Files of the cache cannot be written to, nor can copies of them. */
async function makeWritable(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await chmod(path, (await stat(path)).mode | 0o200);
  }
}
