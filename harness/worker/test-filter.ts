import type { TestId } from '../events.ts';

/** Whether a test's file and title contain all words of a filter; always true without a filter. */
export function hasWords({ file, title }: TestId, filter: string | undefined): boolean {
  const words = filter?.toLowerCase().split(/\s+/) ?? [];
  const text = `${file} ${title}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
