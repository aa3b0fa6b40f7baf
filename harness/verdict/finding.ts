import { signatureOf } from './signature.ts';

/** Where the bytes of a finding came from. `machine` is QEMU's own word (exit, QMP, stderr). */
export type FindingSource = 'console' | 'agent-stderr' | 'agent-stdout' | 'init' | 'machine';

/** Classes that are a verdict each, worst first. */
export const CRASH_CLASSES = [
  'kernel-panic',
  'kernel-oops',
  'agent-panic',
  'boot-failure',
] as const;
/**
 * Classes that decide nothing by themselves: they explain other findings, or are what a test wants.
 */
const NOTE_CLASSES = ['oom-kill', 'user-fault'] as const;
export const FINDING_CLASSES = [...CRASH_CLASSES, ...NOTE_CLASSES] as const;

export type CrashClass = (typeof CRASH_CLASSES)[number];
export type FindingClass = (typeof FINDING_CLASSES)[number];

/** One recognised event in the guest's output. Plain JSON: it travels in events and reports. */
export interface Finding {
  readonly class: FindingClass;
  /** One line for people, without addresses, times and pids. */
  readonly title: string;
  /** The key place: `file.rs:line` or a function without offset. */
  readonly place?: string;
  /** The same for the same crash in every run and on every kernel: see signature.ts. */
  readonly signature: string;
  readonly source: FindingSource;
  /** Byte range of the report within its source, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The end of the report was not seen: there may be more of it. */
  readonly isCut?: true;
  /** A register in the report that no x86 processor can have: what executed the guest is at fault. */
  readonly impossible?: string;
  /** The report's own lines, printable characters only, at most 4 KiB. */
  readonly excerpt: string;
}

/** Signatures are hashes: a guest that reports the same without end would have them computed each time. */
const knownSignatures = new Map<string, string>();
const KNOWN_MAX = 1000;

/** The finding with its signature. */
export function makeFinding(finding: Omit<Finding, 'signature'>): Finding {
  const key = keyOf(finding);
  const known = knownSignatures.get(key);
  if (known !== undefined) return { ...finding, signature: known };
  const signature = signatureOf(finding);
  if (knownSignatures.size >= KNOWN_MAX) knownSignatures.clear();
  knownSignatures.set(key, signature);
  return { ...finding, signature };
}

/** The same for findings that say the same. */
export function keyOf({
  class: kind,
  title,
  place,
}: Pick<Finding, 'class' | 'title' | 'place'>): string {
  return `${kind}\0${title}\0${place ?? ''}`;
}

const CRASHES: ReadonlySet<FindingClass> = new Set(CRASH_CLASSES);

export function isCrash<T extends Pick<Finding, 'class'>>(
  finding: T,
): finding is T & { readonly class: CrashClass } {
  return CRASHES.has(finding.class);
}
