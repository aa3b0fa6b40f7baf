/** Debian kernels in the cache, whether or not any list of packages still has them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findEntry } from '../../cache/existing-entry.ts';
import { readRegularFile } from '../read-regular-file.ts';
import { readUnpackedKernel } from './unpack-kernel.ts';

export interface CachedKernel {
  /** Its key in the cache. */
  readonly entry: string;
  /** `linux-image-6.1.0-57-cloud-amd64` */
  readonly package: string;
  /** Of the package: `6.1.192-3`. */
  readonly version: string;
  readonly image: string;
  readonly config?: string;
  readonly modules?: string;
}

const ENTRY = /^(linux-image-.+)-[0-9a-f]{64}$/;

/** Damaged entries, and kernels that do not say their version, are left out. */
export async function listCachedKernels(cacheRoot: string): Promise<readonly CachedKernel[]> {
  const names = await readdir(join(cacheRoot, 'kernels')).catch(
    (error: NodeJS.ErrnoException): string[] => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const kernels = await Promise.all(names.toSorted().map((name) => readCached(cacheRoot, name)));
  return kernels.filter((kernel) => kernel !== undefined);
}

async function readCached(cacheRoot: string, name: string): Promise<CachedKernel | undefined> {
  const packageName = ENTRY.exec(name)?.[1];
  if (packageName === undefined) return undefined;
  const entry = `kernels/${name}`;
  const found = await findEntry(cacheRoot, entry);
  if (found.kind !== 'sound') return undefined;
  const { image, config, modules } = await readUnpackedKernel(found.entry);
  const version = await readDebianVersion(image);
  if (version === undefined) return undefined;
  return {
    ...{ entry, package: packageName, version, image },
    ...(config === undefined ? {} : { config }),
    ...(modules === undefined ? {} : { modules }),
  };
}

const HEAD_BYTES = 64 * 1024;
const IMAGE_BYTES_MAX = 512 * 1024 * 1024;

/**
 * The version of the package, which Debian's kernels say behind their release:
 * `6.1.0-57-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-3 (2026-11-26)`.
 */
async function readDebianVersion(image: string): Promise<string | undefined> {
  const head = await readRegularFile(image, { bytesMax: IMAGE_BYTES_MAX, headBytes: HEAD_BYTES });
  return / #\d+ SMP [\w ]*?Debian ([\w.+~:-]{1,100}) \(/.exec(head.toString('latin1'))?.[1];
}
