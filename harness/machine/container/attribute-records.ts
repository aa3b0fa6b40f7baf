import type { KernelRecord } from './kernel-record.ts';

/** Whose a record is: the id of a container of ours, or `OTHERS`. */
export type Owner = string;
export const OTHERS = 'others';

/** Tells whose a process is, by its id on the host; undefined if it does not exist any more. */
export type OwnerOfProcess = (pid: number) => Owner | undefined;

export interface OwnedRecord {
  readonly record: KernelRecord;
  /** Undefined if nothing tells. */
  readonly owner: Owner | undefined;
}

/** Docker's and Podman's ids, which are part of the names of containers' cgroups. */
const CONTAINER_ID = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** How the kernel names processes in reports; each with the file of the kernel that prints it. */
const PROCESS_IDS: readonly RegExp[] = [
  /\bPID: (\d+)/, // lib/dump_stack.c
  /\bpid[=:](\d+)/, // mm/oom_kill.c, kernel/sched/core.c
  /\bKilled process (\d+)/, // mm/oom_kill.c
  /^INFO: task .+:(\d+) (?:<[^>]*> )?blocked for more than/, // kernel/hung_task.c
  /\[[^\]]+:(\d+)\]$/, // kernel/watchdog.c
  /^\S+\[(\d+)\]:? (?:segfault|general protection|trap|traps)/, // arch/x86/mm/fault.c, traps.c
];

/**
 * What a report begins with. Not `Oops:`: what it is about comes a few records before
 * (arch/x86/mm/fault.c, show_fault_oops).
 */
const BEGINNING =
  /invoked oom-killer|^-+\[ cut here|^(?:BUG|WARNING|INFO|watchdog|cgroup|general protection fault)\b|^\S+\[\d+\]:? /;
const CUT_HERE = /^-+\[ cut here/;
/** The kernel writes a report in less. */
const PAUSE_US = 500_000;

/**
 * Whose each record is. A report of the kernel is several records, few of which name a process or a
 * cgroup; the others are about the same. If a report names several owners, as one about the memory of
 * the whole host does, its other records are nobody's.
 * @param records Some that were logged in a row, oldest first.
 * @param ours The ids of our containers.
 */
export function attributeRecords(
  records: readonly KernelRecord[],
  ours: ReadonlySet<string>,
  ownerOfProcess: OwnerOfProcess,
): readonly OwnedRecord[] {
  const owned = new Map<KernelRecord, Owner | undefined>();
  for (const report of splitReports(records)) {
    const named = report.map((record) => findOwner(record.text, ours, ownerOfProcess));
    const all = new Set(named.filter((owner) => owner !== undefined));
    const [only] = all.size === 1 ? all : [];
    for (const [index, record] of report.entries()) owned.set(record, only ?? named[index]);
  }
  return records.map((record) => ({ record, owner: owned.get(record) }));
}

/** Reports of several callers at once are told apart where the kernel names callers. */
function splitReports(records: readonly KernelRecord[]): KernelRecord[][] {
  const reports: KernelRecord[][] = [];
  for (const ofCaller of Map.groupBy(records, ({ caller }) => caller).values()) {
    let previous: KernelRecord | undefined;
    for (const record of ofCaller) {
      if (previous === undefined || beginsReport(record, previous)) reports.push([record]);
      else reports.at(-1)?.push(record);
      previous = record;
    }
  }
  return reports;
}

function beginsReport({ text, microseconds }: KernelRecord, previous: KernelRecord): boolean {
  if (microseconds - previous.microseconds > PAUSE_US) return true;
  return BEGINNING.test(text) && !CUT_HERE.test(previous.text);
}

/** A cgroup's name is proof; a process id may have been used again since. */
function findOwner(
  text: string,
  ours: ReadonlySet<string>,
  ownerOfProcess: OwnerOfProcess,
): Owner | undefined {
  const ids = text.match(CONTAINER_ID) ?? [];
  const id = ids.find((found) => ours.has(found));
  if (id !== undefined) return id;
  if (ids.length > 0) return OTHERS;
  for (const pattern of PROCESS_IDS) {
    const pid = pattern.exec(text)?.[1];
    if (pid !== undefined) return ownerOfProcess(Number(pid));
  }
  return undefined;
}
