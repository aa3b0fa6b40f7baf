/** Which files scenarios import, directly or through others, found out by esbuild without running them. */
import { resolve, sep } from 'node:path';

/**
 * These files and all that they import below a folder, as absolute paths. Of a file that cannot be parsed, or imports
 * something that is not there, nothing is known: undefined.
 */
export async function importedFiles(
  files: readonly string[],
  folder: string,
): Promise<readonly string[] | undefined> {
  const { build } = await import('esbuild');
  const built = await build({
    ...{ entryPoints: [...files], bundle: true, write: false, metafile: true, outdir: folder },
    ...{ platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' },
    absWorkingDir: folder,
  }).catch((error: unknown) => {
    if (isBuildFailure(error)) return undefined;
    throw error;
  });
  if (built === undefined) return undefined;
  const paths = Object.keys(built.metafile.inputs).map((path) => resolve(folder, path));
  return paths.filter((path) => path.startsWith(folder + sep)).toSorted();
}

function isBuildFailure(error: unknown): boolean {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
