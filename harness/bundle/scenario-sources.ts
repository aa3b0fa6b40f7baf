import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';

export interface ScenarioSource {
  /** Below the folder of all scenarios. */
  readonly path: string;
  readonly content: Buffer;
}

/**
 * A spec file with everything that it imports from the folder of scenarios, in the order of the paths. What
 * scenarios take from kmx itself is not among it.
 * @param root Absolute path of that folder.
 * @param spec Absolute path of the spec file.
 */
export async function readScenario(root: string, spec: string): Promise<readonly ScenarioSource[]> {
  const { metafile } = await build({
    entryPoints: [spec],
    absWorkingDir: root,
    ...{ bundle: true, write: false, metafile: true, logLevel: 'silent' },
    ...{ platform: 'node', format: 'esm', packages: 'external' },
  });
  const inputs = Object.keys(metafile.inputs).map((path) => relative(root, join(root, path)));
  const own = inputs.filter((path) => !path.startsWith(`..${sep}`)).sort();
  return await Promise.all(
    own.map(async (path) => ({ path, content: await readFile(join(root, path)) })),
  );
}
