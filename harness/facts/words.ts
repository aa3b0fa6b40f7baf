/** What the terminal and Markdown say of facts in the same words. */

import { count } from '../phrases.ts';
import { toLine } from '../text.ts';
import type { FactChange, FileChange } from './diff-facts.ts';
import type { FactColumn } from './fact-column.ts';
import type { ExplainedFiles, FactRow, FactStep } from './fact-sheet.ts';

const NAMES: Readonly<Record<string, string>> = {
  'v1-named': 'named v1 hierarchy',
  'swap-accounting': 'swap accounting',
  psi: 'PSI',
  hz: 'HZ',
};
const KINDS: Readonly<Record<string, string>> = {
  'mount-option': 'mount option',
  'proc-cgroups': '/proc/cgroups:',
  lsm: 'LSM',
  namespace: 'namespace',
};

/** Of a run that was. */
export const INTERRUPTED =
  'the run was interrupted, or its log ends early; kernels and configs whose guests had not come up are not shown';

/** `v1 cpuset`, `mount option favordynmods`. */
export function nameFact(fact: string): string {
  const slash = fact.indexOf('/');
  if (slash === -1) return NAMES[fact] ?? toLine(fact);
  const kind = fact.slice(0, slash);
  return toLine(`${KINDS[kind] ?? kind} ${fact.slice(slash + 1)}`);
}

/** The row's name where the table says what it is about. */
export function nameRow({ fact }: FactRow): string {
  return /^v[12]\//.test(fact) ? toLine(fact.slice(3)) : nameFact(fact);
}

const ABSENT = '–';

export function describeValue(value: string | undefined): string {
  if (value === undefined) return ABSENT;
  return value === 'there' ? 'yes' : toLine(value);
}

/** `ok → EINVAL`. */
export function describeChange({ before, after }: FactChange): string {
  return `${describeValue(before)} → ${describeValue(after)}`;
}

export function describeReasons(reasons: readonly string[]): string {
  return reasons.map((reason) => toLine(reason)).join('; ');
}

/** `debian-6.1 → debian-6.12`. */
export function nameStep({ from, to }: FactStep): string {
  return `${toLine(from.name)} → ${toLine(to.name)}`;
}

/** What tells the two: their releases, that they are two builds, or the boot parameters that only the second has. */
export function describeStep({ from, to }: FactStep): string {
  if (from.kernel !== to.kernel) {
    const releases = [from, to].map(({ release }) => toLine(release));
    return releases[0] === releases[1] ? `builds of ${releases[0]}` : releases.join(' → ');
  }
  return describeParameters(from, to) || 'no other boot parameters';
}

function describeParameters(from: FactColumn, to: FactColumn): string {
  const words = new Set(from.cmdline.split(' '));
  const added = to.cmdline.split(' ').filter((word) => !words.has(word));
  return toLine(added.join(' '));
}

/** `v1 memory: all 31 files went`, `v2 cpu: cpu.stat.local came`. */
export function describeFiles(change: ExplainedFiles): string {
  const { hierarchy, controller, came, went, isWhole, reasons } = change;
  const name = toLine(`${hierarchy} ${controller}`);
  if (isWhole) {
    const all = count(came.length + went.length, 'file');
    return `${name}: with the controller ${all} ${came.length > 0 ? 'came' : 'went'}`;
  }
  const parts = [
    ...(came.length === 0 ? [] : [`${listNames(came)} came`]),
    ...(went.length === 0 ? [] : [`${listNames(went)} went`]),
  ];
  const why = reasons.length === 0 ? '' : ` (${describeReasons(reasons)})`;
  return `${name}: ${parts.join('; ')}${why}`;
}

function listNames(names: readonly string[]): string {
  return names.map((name) => toLine(name)).join(', ');
}

/** `14 control files came, 48 went`. */
export function countFiles(files: readonly FileChange[]): string {
  const sum = (of: (change: FileChange) => readonly string[]): number =>
    files.reduce((total, change) => total + of(change).length, 0);
  const came = sum((change) => change.came);
  const went = sum((change) => change.went);
  const parts = [
    ...(came === 0 ? [] : [`${count(came, 'control file')} came`]),
    ...(went === 0 ? [] : [`${came === 0 ? count(went, 'control file') : went} went`]),
  ];
  return parts.join(', ');
}
