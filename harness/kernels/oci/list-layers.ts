import { basename, dirname, join } from 'node:path/posix';
import { FileTree } from '../archive/file-tree.ts';
import type { OpenArchive } from '../archive/read-archive.ts';

/** OCI image specification 1.1, "Whiteouts". */
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** The files of an image whose layers are these, lowest first. */
export async function listLayers(layers: readonly OpenArchive[]): Promise<FileTree> {
  const tree = new FileTree();
  for (const [layer, open] of layers.entries()) {
    let index = 0;
    for await (const entry of open()) {
      const name = basename(entry.path);
      const folder = dirname(entry.path);
      if (name === OPAQUE) tree.hideBelow(folder, layer);
      else if (name.startsWith(WHITEOUT)) {
        tree.hide(join(folder, name.slice(WHITEOUT.length)), layer);
      } else tree.add(layer, index, entry);
      index++;
    }
  }
  return tree;
}
