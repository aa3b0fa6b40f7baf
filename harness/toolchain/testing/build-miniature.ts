/** A process that builds the miniature kernel in a container: `build-miniature.ts TREE CACHE`. Prints each step. */
import { cacheRoot as realCache } from '../../cache/cache-root.ts';
import { buildKernel } from '../../kernels/source/build/build-kernel.ts';
import { openMiniatureKernel } from '../../kernels/source/testing/miniature-kernel.ts';
import { containerCompiler } from '../container-compiler.ts';

const [folder = '', cacheRoot = ''] = process.argv.slice(2);
const kernel = await openMiniatureKernel(folder);
const compiler = await containerCompiler()({
  cacheRoot: realCache(process.env),
  onProgress: () => {},
});
const configured = { ...(await kernel.configured(['CONFIG_A=y'])), compiler };
await buildKernel(configured, {
  cacheRoot,
  onProgress: (progress) => process.stdout.write(`${JSON.stringify(progress)}\n`),
});
