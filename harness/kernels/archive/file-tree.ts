/**
 * The files of one or more archives as if they were unpacked over each other, without a byte of
 * them on the disk: links only ever lead into this tree, and nothing can be written through one.
 * The time is linear in what is added, whatever the paths are.
 */
import { type ArchiveEntry, ArchiveFault } from './archive-entry.ts';
import { HardLinks } from './hard-links.ts';
import { type LookedUp, lookUp, StepBudget } from './look-up.ts';
import type { Folder, Link, Node, TreeFile } from './tree-node.ts';

export interface FoundFile {
  /** Its path without links. */
  readonly path: string;
  readonly file: TreeFile;
}

/** A root file system with a kernel's sources in it has 150,000. */
const ENTRIES_MAX = 1_000_000;

export class FileTree {
  readonly #root: Folder = { kind: 'folder', archive: 0, children: new Map() };
  readonly #hardLinks = new HardLinks();
  readonly #budget = new StepBudget();
  #entries = 0;

  /** Adds an entry over what is there. Throws an ArchiveFault if there are too many of them. */
  add(archive: number, index: number, entry: ArchiveEntry): void {
    this.#entries++;
    if (this.#entries > ENTRIES_MAX) {
      throw new ArchiveFault(`an archive of more than ${ENTRIES_MAX} files`);
    }
    if (entry.path === '') return;
    switch (entry.kind) {
      case 'file': {
        const file = { kind: 'file', archive, entry: index, bytes: entry.bytes } as const;
        for (const [path, content] of this.#hardLinks.resolve(entry, file)) {
          this.#put(path, content);
        }
        return;
      }
      case 'folder':
        this.#folderAt(entry.path, archive);
        return;
      case 'link':
        this.#put(entry.path, { kind: 'link', archive, target: entry.target });
        return;
      case 'same-file': {
        const found = this.#lookUp(entry.target, 'parents').node;
        if (found?.kind === 'file' || found?.kind === 'link') {
          this.#put(entry.path, { ...found, ...(found.kind === 'link' && { archive }) });
        }
        return;
      }
      case 'other':
        this.#remove(entry.path);
    }
  }

  /** Removes what archives before this one have at a path, with all that is below. */
  hide(path: string, archive: number): void {
    const { parent, name } = this.#parentOf(path);
    const node = parent?.children.get(name);
    if (parent === undefined || node === undefined) return;
    if (node.kind === 'folder' && node.archive === archive) this.#hideBelow(node, archive);
    else if (node.archive < archive) parent.children.delete(name);
  }

  /** Removes what archives before this one have below a folder. */
  hideBelow(path: string, archive: number): void {
    const { node } = this.#lookUp(path, 'all');
    if (node?.kind === 'folder') this.#hideBelow(node, archive);
  }

  /** The file at a path, at the end of all links; undefined if there is none. */
  find(path: string): FoundFile | undefined {
    const { node, real } = this.#lookUp(path, 'all');
    return node?.kind === 'file' ? { path: real.join('/'), file: node } : undefined;
  }

  /** Paths of all files, and of links that lead to one, sorted. */
  paths(): readonly string[] {
    const found: string[] = [];
    const left: { readonly path: string; readonly node: Node }[] = [{ path: '', node: this.#root }];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { path, node } = next;
      if (node.kind === 'file') found.push(path);
      else if (node.kind === 'link' && this.find(path) !== undefined) found.push(path);
      else if (node.kind === 'folder') {
        for (const [name, child] of node.children) {
          left.push({ path: path === '' ? name : `${path}/${name}`, node: child });
        }
      }
    }
    return found.sort();
  }

  #put(path: string, node: Link | TreeFile): void {
    const { parent, name } = this.#parentOf(path, node.archive);
    parent?.children.set(name, node);
  }

  #remove(path: string): void {
    const { parent, name } = this.#parentOf(path);
    parent?.children.delete(name);
  }

  /** The folder that a path is in; made for an archive if it is missing. */
  #parentOf(path: string, archive?: number) {
    const at = path.lastIndexOf('/');
    const name = path.slice(at + 1);
    const folder = path.slice(0, Math.max(at, 0));
    if (archive !== undefined) return { name, parent: this.#folderAt(folder, archive) };
    const { node } = this.#lookUp(folder, 'all');
    return { name, parent: node?.kind === 'folder' ? node : undefined };
  }

  /** Makes what is missing. A file in the way is replaced; undefined if links lead in circles. */
  #folderAt(path: string, archive: number): Folder | undefined {
    const { real, isEndless } = this.#lookUp(path, 'all');
    if (isEndless) return undefined;
    let folder = this.#root;
    for (const name of real) {
      let child = folder.children.get(name);
      if (child?.kind !== 'folder') {
        child = { kind: 'folder', archive, children: new Map() };
        folder.children.set(name, child);
      }
      child.archive = Math.max(child.archive, archive);
      folder = child;
    }
    return folder;
  }

  #lookUp(path: string, follow: 'parents' | 'all'): LookedUp {
    return lookUp(this.#root, path, follow, this.#budget);
  }

  #hideBelow(folder: Folder, archive: number): void {
    const left = [folder];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      this.#budget.spend(next.children.size);
      for (const [name, child] of next.children) {
        if (child.kind === 'folder' && child.archive === archive) left.push(child);
        else if (child.archive < archive) next.children.delete(name);
      }
    }
  }
}
