/** The kernel that this host runs, for guests that are containers. Nothing of it is booted: it has no image. */
import { readFile } from 'node:fs/promises';
import { release, version } from 'node:os';
import { join } from 'node:path';
import { digestFile, digestOf } from '../../cache/digest.ts';
import { isReadable } from '../is-readable.ts';
import type { KernelImage } from '../kernel-image.ts';

/** @param root Where the host's files are; for tests. */
export async function resolveHostKernel(root = '/'): Promise<KernelImage> {
  const config = findConfig(root);
  const identity = [release(), version(), config && (await digestFile(config.path))];
  return {
    release: release(),
    ...(config && { config: config.path, configFrom: config.from }),
    digest: digestOf(JSON.stringify(identity)),
    origin: `this host's own: ${version()}`,
    bootedWith: (await readFile(join(root, 'proc/cmdline'), 'utf8')).trim(),
  };
}

/** What the kernel says itself (CONFIG_IKCONFIG_PROC) counts before what lies beside it. */
function findConfig(root: string) {
  const candidates = [
    { path: join(root, 'proc/config.gz'), from: 'host' },
    { path: join(root, `boot/config-${release()}`), from: 'file' },
    { path: join(root, `lib/modules/${release()}/config`), from: 'file' },
  ] as const;
  return candidates.find(({ path }) => isReadable(path));
}
