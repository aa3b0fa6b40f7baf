import type { ArchiveEntry } from './archive-entry.ts';
import type { TreeFile } from './tree-node.ts';

/** Of a file with several names, cpio archives have the content only once, with any of them. */
export class HardLinks {
  readonly #contents = new Map<string, TreeFile>();
  /** Names whose content has not come yet, by inode. */
  readonly #empty = new Map<string, string[]>();

  /** What lies at which paths now that this entry is known, in the order in which to put it there. */
  resolve(
    { path, inode: number }: Extract<ArchiveEntry, { kind: 'file' }>,
    file: TreeFile,
  ): readonly (readonly [path: string, file: TreeFile])[] {
    if (number === undefined) return [[path, file]];
    const inode = `${file.archive} ${number}`;
    if (file.bytes > 0) {
      const waiting = this.#empty.get(inode) ?? [];
      this.#contents.set(inode, file);
      this.#empty.delete(inode);
      return [...waiting, path].map((one) => [one, file]);
    }
    const known = this.#contents.get(inode);
    if (known !== undefined) return [[path, known]];
    const others = this.#empty.get(inode);
    if (others === undefined) this.#empty.set(inode, [path]);
    else others.push(path);
    return [[path, file]];
  }
}
