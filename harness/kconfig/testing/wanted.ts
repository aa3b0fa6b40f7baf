import { mergeRequests } from '../fragments/merge-requests.ts';
import { parseFragment } from '../fragments/parse-fragment.ts';
import type { Wanted } from '../fragments/request.ts';

/** Requests such as `PSI=y`, of lines of the file `f`. */
export function wantedOf(...lines: readonly string[]): Wanted {
  const text = lines.map((line) => `CONFIG_${line}`).join('\n');
  const { requests, problems } = parseFragment(text, 'f');
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return mergeRequests([requests]).wanted;
}
