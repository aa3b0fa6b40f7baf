/**
 * A process that builds the miniature kernel: `build-miniature.ts TREE CACHE LINE…`. Prints how each
 * step goes, and the digest of the kernel.
 */
import { buildKernel } from '../build/build-kernel.ts';
import { openMiniatureKernel } from './miniature-kernel.ts';

const [folder = '', cacheRoot = '', ...lines] = process.argv.slice(2);
const kernel = await openMiniatureKernel(folder);
const built = await buildKernel(await kernel.configured(lines), {
  cacheRoot,
  onProgress: ({ kind }) => process.stdout.write(`${kind}\n`),
});
process.stdout.write(`${built.digest}\n`);
