/** What lies in a guest's root file system, whatever it is packed into: a cpio archive or an image's layer. */
import { dirname } from 'node:path/posix';

/** `path` is absolute, as it will be in the guest. `mode` is the permissions alone, `0o755`. */
export type FileEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly content: Buffer;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'character-device';
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };

/**
 * The entries in an order in which they can be unpacked, the same on every host, with the parent
 * folders that were left out. Throws a TypeError for a path that is not absolute and plain, or that
 * occurs twice.
 */
export function completeTree(entries: readonly FileEntry[]): FileEntry[] {
  const byPath = new Map<string, FileEntry>();
  for (const entry of entries) {
    if (!/^(\/(?!\.{1,2}(\/|$))[^/\0]+)+$/.test(entry.path)) {
      throw new TypeError(`Expected an absolute path without '.' and '..', found '${entry.path}'`);
    }
    if (byPath.has(entry.path)) throw new TypeError(`${entry.path} occurs twice`);
    byPath.set(entry.path, entry);
  }
  for (const path of [...byPath.keys()]) {
    for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
      if (byPath.has(folder)) continue;
      byPath.set(folder, { kind: 'directory', path: folder, mode: 0o755 });
    }
  }
  // By code unit, so that no locale matters; a folder comes before its content.
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
