/** What the outcome of a test at a place depends on besides its kernel, to know a search again. */
import type { Matrix } from '../../matrix/matrix.ts';
import { digestInputs } from '../../prepare/input-digests.ts';
import { guestBinaries, scenarioRoot } from '../project.ts';
import { type MeasuredPlace, placeKernel, type TriedKernel } from './measured-cell.ts';

/** By names that users know; the matrix file is one of them. */
export async function digestPlace(
  base: Matrix,
  place: MeasuredPlace,
  kernel: TriedKernel,
  cacheRoot: string,
): Promise<Readonly<Record<string, string>>> {
  const { matrix, cell } = placeKernel(base, kernel, place);
  const plan = { profile: 'all', cells: [cell] };
  return await digestInputs({
    ...{ matrix, plan, kernels: new Map(), binaries: guestBinaries, scenarioRoot, cacheRoot },
  });
}
