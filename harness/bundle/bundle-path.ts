import { fitsHeader } from './tar-layout.ts';

/** The folder of all members, so that unpacking by hand makes one folder. */
const FOLDER = /^[A-Za-z0-9][\w.+~=@-]{0,79}$/;
const PATH_BYTES_MAX = 200;
/**
 * Plain ASCII, so that no file system takes two names for one; nothing hidden, and nothing that a
 * program would take for an option.
 */
const NAME = /^[A-Za-z0-9_][\w.+~=@,-]*$/;

export function isFolderName(text: string): boolean {
  return FOLDER.test(text);
}

/** Relative, and the same file on every host. */
export function isBundlePath(text: string): boolean {
  return (
    text.length <= PATH_BYTES_MAX &&
    text.split('/').every((name) => NAME.test(name)) &&
    fitsHeader(`${'f'.repeat(80)}/${text}`)
  );
}

/** The first path that cannot be beside those before it: the same but for case, or below a file. */
export function findClash(paths: readonly string[]): string | undefined {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    const key = path.toLowerCase();
    const above = foldersOf(key);
    if (files.has(key) || folders.has(key) || above.some((folder) => files.has(folder))) {
      return path;
    }
    files.add(key);
    for (const folder of above) folders.add(folder);
  }
  return undefined;
}

function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
