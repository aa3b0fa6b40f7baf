import { makePrivateDirectory } from '../../machine/private-directory.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { FoundOriginal } from '../reproduce/find-original.ts';
import type { QuietHost } from '../run-quietly.ts';
import { type OpenBundleOptions, openBundle } from './open-bundle.ts';

/**
 * The result that a bundle was made of, and what it takes to run its test again. Throws as `openBundle` does.
 * @param held Gets the folder that the bundle is unpacked to.
 */
export async function findInBundle(
  file: string,
  options: Omit<OpenBundleOptions, 'folder'>,
  held: AsyncDisposableStack,
): Promise<FoundOriginal & Required<Pick<QuietHost, 'given' | 'prepareCell'>>> {
  const { path: folder } = held.use(await makePrivateDirectory());
  const opened = await openBundle(file, { ...options, folder });
  const { bundle, matrix, cell, made, given, prepareCell } = opened;
  const { verdict, signature, why: title } = bundle.outcome;
  return {
    ...{ matrix, cell, given, prepareCell, others: [] },
    original: {
      from: { kind: 'bundle', file },
      ...{ cell: cell.id, test: bundle.test, verdict, made },
      signatures: signature === undefined ? [] : [signature],
      ...omitUndefined({ title }),
    },
  };
}
