import type { ComponentChildren } from 'preact';
import { h } from './element.ts';

/**
 * A link to a folder of a run, or its text alone if the run's folder is not known. Addresses are
 * relative and each part is escaped, so no name can turn one into an address of another kind.
 */
export function FolderLink({
  folder,
  path = [],
  children,
}: {
  /** The run's, as seen from the page, with `/`. */
  readonly folder: string | undefined;
  readonly path?: readonly string[];
  readonly children?: ComponentChildren;
}) {
  const address = folderAddress(folder, path);
  if (address === undefined) return h('span', null, children);
  return h('a', { href: `${address}/` }, children);
}

/**
 * The address of a file or a folder of a run; undefined if the run's folder is not known.
 * @param folder The run's, as seen from the page, with `/`.
 */
export function folderAddress(
  folder: string | undefined,
  path: readonly string[],
): string | undefined {
  if (folder === undefined) return undefined;
  const parts = [...folder.split('/').filter((part) => part !== '' && part !== '.'), ...path];
  // What is not well-formed has no address.
  return `./${parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/')}`;
}
