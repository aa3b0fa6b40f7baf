/** Loaded by mocha before tests with real guests: provides a kernel of the project's own matrix. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { resolveKernel } from '../../kernels/resolve-kernel.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { loadMatrix } from '../load-matrix.ts';

const KERNEL = 'debian-6.12';

export async function mochaGlobalSetup(): Promise<void> {
  const source = loadMatrix('matrix.yaml').kernels.get(KERNEL);
  if (source === undefined) throw new Error(`Expected matrix.yaml to have the kernel ${KERNEL}`);
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const { image } = await resolveKernel(KERNEL, source, {
    cacheRoot: cacheRoot(process.env),
    onProgress: fetches.onProgress,
  });
  process.env.KMX_TEST_KERNEL = image;
}
