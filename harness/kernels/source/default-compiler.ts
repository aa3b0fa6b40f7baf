/** What kernels are built with in this process, unless a context says otherwise. */
import type { FindCompiler } from './build-context.ts';
import { hostCompiler } from './host-compiler.ts';

let find: FindCompiler = hostCompiler;

/** Of this host, until `buildWith` was called. */
export const defaultCompiler: FindCompiler = (context) => find(context);

/**
 * Once for the whole process: keys of what is cached depend on the compiler, so that two parts of a command
 * with two compilers would look for each other's kernels in vain.
 */
export function buildWith(compiler: FindCompiler): void {
  find = compiler;
}
