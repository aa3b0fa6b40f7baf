/** Kernels out of packages, images, archives and the web, from the values of a faultless file. */
import { omitUndefined } from '../omit-undefined.ts';
import { asList, type Resolve } from './build-values.ts';
import type { KataKernelSource, OciSource, PackageSource } from './matrix.ts';
import type { MatrixFile } from './schema.ts';

type KernelEntry = MatrixFile['kernels'][string];
type Defined<Key extends keyof KernelEntry> = NonNullable<KernelEntry[Key]>;

export function buildPackage({ file, image }: Defined<'package'>, resolve: Resolve): PackageSource {
  return omitUndefined({ kind: 'package', files: asList(file).map(resolve), image });
}

export function buildOci(
  { image, layout, tag, file, insecure = false }: Defined<'oci'>,
  resolve: Resolve,
): OciSource {
  if (image !== undefined) {
    return omitUndefined({
      kind: 'oci',
      from: { kind: 'registry', reference: image, insecure },
      file,
    });
  }
  if (layout === undefined) throw new TypeError('an image without a place passed the schema');
  return omitUndefined({
    kind: 'oci',
    from: omitUndefined({ kind: 'layout', path: resolve(layout), tag }),
    file,
  });
}

export function buildKata({ archive, image }: Defined<'kata'>, resolve: Resolve): KataKernelSource {
  return omitUndefined({ kind: 'kata', archive: resolve(archive), image });
}
