/** Where a kernel of the matrix is from, in a few words. */
import type { KernelSource, TreeSource } from '../../matrix/matrix.ts';

export function describeSource(source: KernelSource): string {
  switch (source.kind) {
    case 'debian-series':
      return `debian ${source.series} ${source.flavour} (${source.suites.join(', ')})`;
    case 'debian-package':
      return `debian ${source.package} (${source.suites.join(', ')})`;
    case 'path':
      return source.image;
    case 'source':
      return `built from ${describeTree(source.tree)}`;
    case 'package':
      return source.files.join(', ');
    case 'oci':
      return source.from.kind === 'registry' ? source.from.reference : source.from.path;
    case 'url':
      return source.image.url;
    case 'kata':
      return source.archive;
    case 'host':
    case 'running':
      return 'the kernel that this host runs';
  }
}

function describeTree(tree: TreeSource): string {
  switch (tree.kind) {
    case 'folder':
    case 'tarball':
      return tree.path;
    case 'git':
      return `${tree.repository} at ${tree.commit}`;
    case 'debian-source':
      return `${tree.package} (${tree.suites.join(', ')})`;
  }
}
