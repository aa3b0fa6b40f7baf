/** Behind --build-in container; loaded only where that was asked for. */
import { buildWith } from '../kernels/source/default-compiler.ts';
import { containerCompiler } from '../toolchain/container-compiler.ts';

export function buildInContainer(): void {
  buildWith(containerCompiler());
}
