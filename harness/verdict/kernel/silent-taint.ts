import { type Finding, isCrash, makeFinding } from '../finding.ts';

/** What init reads of the kernel's log with each drain: docs/guest-protocol.md. */
export interface KernelLog {
  readonly tainted: number;
  readonly consoleLogLevel: number;
  readonly initialLogLevel: number;
}

/**
 * Flags that a report of the kernel leaves behind, by bit (Documentation/admin-guide/tainted-kernels.rst).
 * The others say what a kernel is made of, or what was loaded into it.
 */
const REPORTED: readonly (readonly [bit: number, letter: string])[] = [
  [4, 'M'],
  [5, 'B'],
  [7, 'D'],
  [9, 'W'],
  [14, 'L'],
];

/** Letters of flags that reports leave behind and that were not there before. */
export function newTaint(tainted: number, taintedBefore: number): string {
  const isSet = (flags: number, bit: number): boolean => Math.floor(flags / 2 ** bit) % 2 === 1;
  return REPORTED.filter(([bit]) => isSet(tainted, bit) && !isSet(taintedBefore, bit))
    .map(([, letter]) => letter)
    .join('');
}

/** A kernel that is tainted has reported something. Undefined if the console has told of it. */
export function findSilentTaint(taint: string, findings: readonly Finding[]): Finding | undefined {
  if (taint === '' || findings.some(isKernelReport)) return undefined;
  const title = `kernel tainted: ${taint}, and nothing on the console`;
  return makeFinding({
    class: 'kernel-oops',
    title,
    source: 'init',
    start: 0,
    end: 0,
    excerpt: '',
  });
}

export function isKernelReport(finding: Finding): boolean {
  return isCrash(finding) && finding.class.startsWith('kernel-');
}

/** Why the console cannot have told all that the kernel reports; undefined if it can. */
export function describeSilencing({
  consoleLogLevel,
  initialLogLevel,
}: KernelLog): string | undefined {
  if (consoleLogLevel >= initialLogLevel) return undefined;
  return `the guest lowered its console's log level from ${initialLogLevel} to ${consoleLogLevel}`;
}
