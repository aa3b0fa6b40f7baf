import type { LockFacts } from '../../events.ts';
import { noteMissing } from '../../kernels/debian/missing.ts';
import type { PinnedPackages } from '../../kernels/kernel-image.ts';

/** What a suite offers, as far as that says whether it has a file. */
export interface ListedFiles {
  readonly suite: string;
  readonly packages: readonly { readonly file: string; readonly sha256?: string | undefined }[];
}

/** Locked packages that the list of their suite no longer has, and since when; nothing if the list is not known. */
export async function findMissingPackages(
  { name, debian }: { readonly name: string; readonly debian: PinnedPackages },
  lists: readonly ListedFiles[],
  cacheRoot: string,
): Promise<LockFacts['missing']> {
  const list = lists.find(({ suite }) => suite === debian.suite);
  if (list === undefined) return [];
  const now = new Date().toISOString();
  const found = await Promise.all(
    debian.files.map(async (one) => {
      // Such a package is in no list, and never was.
      if (one.unlisted) return [];
      const isMissing = !list.packages.some(
        ({ file, sha256 }) => file === one.file && sha256 === one.sha256,
      );
      const since = await noteMissing(cacheRoot, one, { isMissing, now });
      return since === undefined ? [] : [{ name, package: one.package, file: one.file, since }];
    }),
  );
  return found.flat();
}
