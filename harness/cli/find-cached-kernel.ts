import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A kernel image that an earlier run fetched, to try KVM with; `undefined` if there is none. */
export async function findCachedKernel(cacheRoot: string): Promise<string | undefined> {
  const folder = join(cacheRoot, 'kernels');
  const entries = await readdir(folder, { recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const image = entries.toSorted().find((entry) => /\/vmlinuz[^/]*$/.test(entry));
  return image === undefined ? undefined : join(folder, image);
}
