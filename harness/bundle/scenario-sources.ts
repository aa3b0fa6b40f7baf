import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { importedFiles } from '../prepare/imported-files.ts';

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
  const files = await importedFiles([spec], root);
  if (files === undefined) throw new Error(`Expected ${spec}, whose test has run, to be parsed`);
  return await Promise.all(
    files.map(async (file) => ({ path: relative(root, file), content: await readFile(file) })),
  );
}
