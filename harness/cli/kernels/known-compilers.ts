import type { FindCompiler } from '../../kernels/source/build-context.ts';
import { hostCompiler } from '../../kernels/source/host-compiler.ts';

/** All that kernels in the cache may have been built with, whichever this command would build with. */
export async function knownCompilers(): Promise<readonly FindCompiler[]> {
  const { containerCompiler } = await import('../../toolchain/container-compiler.ts');
  return [hostCompiler, containerCompiler()];
}
