import type { TreeSource } from '../../../matrix/matrix.ts';
import type { BuildContext } from '../build-context.ts';
import type { SourceTree } from './source-tree.ts';

/**
 * The sources of a kernel. Quick: nothing is unpacked, and no package fetched, until they are
 * opened. Throws a UsageError if they do not exist or are no kernel sources, an InfraError if the host or the archive
 * fails.
 */
export async function openTree(source: TreeSource, context: BuildContext): Promise<SourceTree> {
  switch (source.kind) {
    case 'folder': {
      const { openFolderTree } = await import('./folder-tree.ts');
      return openFolderTree(source, context);
    }
    case 'tarball': {
      const { openTarballTree } = await import('./tarball-tree.ts');
      return openTarballTree(source, context);
    }
    case 'git': {
      const { openGitTree } = await import('./git-tree.ts');
      return openGitTree(source, context);
    }
    case 'debian-source': {
      const { openDebianTree } = await import('./debian-tree.ts');
      return openDebianTree(source, context);
    }
  }
}
