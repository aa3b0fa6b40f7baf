/** The kernel that this host runs, for guests that are containers. */
import { existsSync } from 'node:fs';
import { release, version } from 'node:os';
import { digestFile, digestOf } from '../../cache/digest.ts';
import type { KernelImage } from '../kernel-image.ts';

/** Nothing of it is booted, so it has no image; its configuration is that of its package, if that is there. */
export async function resolveHostKernel(): Promise<KernelImage> {
  const name = release();
  const config = `/boot/config-${name}`;
  const hasConfig = existsSync(config);
  const parts = [name, version(), hasConfig ? await digestFile(config) : ''];
  return {
    release: name,
    ...(hasConfig ? { config, configFrom: 'package' as const } : {}),
    digest: digestOf(JSON.stringify(parts)),
    origin: `this host: ${version()}`,
  };
}
