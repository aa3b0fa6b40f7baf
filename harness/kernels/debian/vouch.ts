/**
 * Archives sign their lists of packages, and a list has the sha256 of each package. Suites of
 * backports drop the packages of source `linux` from their list as soon as there is a newer version,
 * though the signed kernel image still needs them: nothing but the matrix can vouch for these.
 */

import type { PackageFile } from '../../debian/package-file.ts';
import { UsageError } from '../../errors.ts';
import type { UnlistedPackages } from '../../matrix/matrix.ts';
import type { KernelChoice } from './choose-kernel.ts';
import { readPin } from './pins.ts';

/**
 * The kernels that may be used, best first: those with packages that all have someone's word, then
 * the others if the user allows that.
 */
export function vouchedKernels(
  { sha256, unlisted }: UnlistedPackages,
  choices: readonly KernelChoice[],
): KernelChoice[] {
  const known = choices
    .filter(({ packages }) => !packages.some((file) => isContradicted(file, sha256)))
    .map((choice) => withMatrix(choice, sha256));
  const vouched = known.filter((choice) => lacking(choice).length === 0);
  switch (unlisted) {
    case 'refuse':
      return vouched;
    case 'trust-on-first-use':
      return [...vouched, ...known.filter((choice) => lacking(choice).length > 0)];
  }
}

function withMatrix(choice: KernelChoice, sha256: UnlistedPackages['sha256']): KernelChoice {
  const packages = choice.packages.map((file): PackageFile => {
    const given = sha256[file.name];
    if (file.vouchedBy !== 'nobody' || given === undefined) return file;
    return { ...file, sha256: given, vouchedBy: 'matrix' };
  });
  return { ...choice, packages };
}

function isContradicted(file: PackageFile, sha256: UnlistedPackages['sha256']): boolean {
  const given = sha256[file.name];
  return given !== undefined && file.sha256 !== undefined && file.sha256 !== given;
}

function lacking({ packages }: KernelChoice): readonly PackageFile[] {
  return packages.filter(({ vouchedBy }) => vouchedBy === 'nobody');
}

/** Why none of some kernels is used, and what the user can do about it. */
export async function notVouched(
  source: UnlistedPackages,
  best: KernelChoice,
  cacheRoot: string,
): Promise<UsageError> {
  const contradicted = best.packages.find((file) => isContradicted(file, source.sha256));
  const kernel = `${best.name} ${best.version} (${best.suite})`;
  if (contradicted) return contradictory(kernel, contradicted);
  const files = lacking(withMatrix(best, source.sha256));
  const names = files.map(({ name }) => name);
  const pins = await Promise.all(files.map((file) => readPin(cacheRoot, file)));
  const digests = names.map((name, index) => `${name}: ${pins[index] ?? '<64 digits>'}`);
  const origin = pins.every((pin) => pin !== undefined) ? ' (as first fetched here)' : '';
  return new UsageError(
    `${kernel}: the archive's signed list lacks ${names.join(' and ')}, ` +
      'so nobody vouches for what would be fetched',
    {
      code: 'UNLISTED',
      remedy:
        `in the matrix, beside "suite", give sha256: { ${digests.join(', ')} }${origin}, ` +
        'or take them as they come with unlisted: trust-on-first-use',
    },
  );
}

function contradictory(kernel: string, { name, sha256 }: PackageFile): UsageError {
  return new UsageError(
    `${kernel}: the archive's signed list has another sha256 for ${name} than the matrix: ${sha256}`,
    { code: 'UNLISTED', remedy: `remove the sha256 of ${name} from the matrix, or correct it` },
  );
}
