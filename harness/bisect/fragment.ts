/** The symbols that a kernel must have, as a fragment with a reason for each. */
import { type Change, lineOf } from './change.ts';
import type { Removal } from './remove-singly.ts';
import type { SmallestSet } from './smallest-set.ts';

export interface FragmentFacts {
  /** What it is about, a line each. */
  readonly header: readonly string[];
  readonly changes: ReadonlyMap<string, Change>;
  /** One line about what the kernel did without a change. */
  readonly reasonOf: (removal: Removal) => string;
}

/** The text of a file that can be named as a fragment in a matrix. */
export function writeFragment(
  set: SmallestSet,
  { header, changes, reasonOf }: FragmentFacts,
): string {
  const lines: string[] = header.map((line) => `# ${line}`);
  const own = new Set<string>();
  for (const removal of set.removals) {
    lines.push('', `# without: ${reasonOf(removal)}`);
    for (const symbol of removal.without) {
      own.add(symbol);
      lines.push(valueLine(symbol, changes));
    }
  }
  const required = [...set.changes].filter((symbol) => !own.has(symbol));
  if (required.length > 0) lines.push('', '# required by Kconfig for the symbols above');
  for (const symbol of required) lines.push(valueLine(symbol, changes));
  return `${lines.join('\n')}\n`;
}

function valueLine(symbol: string, changes: ReadonlyMap<string, Change>): string {
  return lineOf(symbol, changes.get(symbol)?.to ?? 'y').trimEnd();
}
