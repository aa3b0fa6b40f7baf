/** What kernels are built with in this process, unless a context says otherwise. */
import type { BuildContext, FindCompiler } from './build-context.ts';
import { hostCompiler } from './host-compiler.ts';

let find: FindCompiler = hostCompiler;

/** Of this host, until `buildWith` was called. */
export const defaultCompiler: FindCompiler = (context) => find(context);

/** The default is the compiler of this host. */
export function buildsOnHost(): boolean {
  return find === hostCompiler;
}

/** Gets what has to be fetched of what a context builds with. A host's own compiler need not be there for that. */
export async function fetchCompiler(context: BuildContext): Promise<void> {
  const chosen = context.compiler ?? find;
  if (chosen === hostCompiler) return;
  await (await chosen(context)).fetch?.();
}

/**
 * Once for the whole process: keys of what is cached depend on the compiler, so that two parts of a command
 * with two compilers would look for each other's kernels in vain.
 */
export function buildWith(compiler: FindCompiler): void {
  find = compiler;
}
