import type { FindCompiler } from '../../kernels/source/build-context.ts';
import { buildsOnHost } from '../../kernels/source/default-compiler.ts';
import { hostCompiler } from '../../kernels/source/host-compiler.ts';

/** What else kernels in the cache may have been built with than what this command would build with. */
export async function otherCompilers(): Promise<readonly FindCompiler[]> {
  if (!buildsOnHost()) return [hostCompiler];
  const { containerCompiler } = await import('../../toolchain/container-compiler.ts');
  return [containerCompiler()];
}
