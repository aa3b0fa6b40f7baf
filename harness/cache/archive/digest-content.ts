import { digestOf } from '../digest.ts';
import type { ArchivePart } from './archive-format.ts';
import { hasSingleFiles, listFiles, listItems } from './archive-item.ts';

/**
 * A digest of what an archive would have. Entries count by their keys, which say what they are made
 * from; files that are replaced in place, such as results, by their content.
 */
export async function digestContent(
  root: string,
  parts: readonly ArchivePart[],
  usedSince: Date | undefined,
): Promise<string> {
  const items = await listItems(root, parts);
  const used = items.filter(({ usedAt }) => usedSince === undefined || usedAt >= usedSince);
  const described = await Promise.all(used.map(({ key }) => describeContent(root, key)));
  return digestOf(JSON.stringify(described.flat().toSorted()));
}

async function describeContent(root: string, key: string): Promise<readonly string[]> {
  if (!hasSingleFiles(key)) return [key];
  const files = await listFiles(root, key);
  return typeof files === 'string'
    ? []
    : files.map(({ path, digest }) => `${key}/${path} ${digest}`);
}
