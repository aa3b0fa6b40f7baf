/** What people should know besides results: the results do not depend on it. */
import { count } from '../phrases.ts';
import { describeDisagreements } from './config-notes.ts';
import { describeKernelLog, describePrivileges, describeSharedKernel } from './container-words.ts';
import { describeLock } from './lock-words.ts';
import type { RunReport } from './schema.ts';
import { whySkipped } from './skipped-cell.ts';
import { describeUnlisted } from './unlisted.ts';

export interface Note {
  /** What it is about, such as `kernel debian-6.12`; absent: the run. */
  readonly about?: string;
  readonly text: string;
  /** Ids of the cells that it came in; empty if it is about no cell. */
  readonly cells: readonly string[];
}

/**
 * Each note once: a host without a sandbox, what containers cannot show, guests that the emulator spoilt, a
 * kernel without a signature or with two configurations, a lock that is outdated, a crash that may be a template's doing, a template
 * that was rebuilt.
 */
export function notesOf(report: RunReport): readonly Note[] {
  return [
    ...describeHost(report),
    ...describeContainers(report),
    ...describeFaults(report),
    ...describeKernels(report),
    ...describeLocked(report),
    ...describeUnconfirmed(report),
    ...describeCells(report),
  ];
}

function describeHost({ host: { machines } }: RunReport): readonly Note[] {
  return machines
    .filter(({ lacksSandbox }) => lacksSandbox)
    .map(({ version }) => ({
      text: `QEMU ${version} was built without seccomp: guests ran without its sandbox`,
      cells: [],
    }));
}

function describeContainers({ host, cells }: RunReport): readonly Note[] {
  const ran = new Set(
    cells.filter((cell) => whySkipped(cell) === undefined).map(({ machine }) => machine),
  );
  const machines = host.machines.filter(({ kind, name }) => kind === 'container' && ran.has(name));
  return machines.flatMap((machine) =>
    [
      describeSharedKernel(host),
      describeKernelLog(machine),
      `${describePrivileges(machine)}: docs/containers.md says why`,
    ].map((text) => ({ about: `machine ${machine.name}`, text, cells: [] })),
  );
}

/** Tests that the emulator spoilt were retried, so without this line nobody would hear of it. */
function describeFaults({ emulatorFaults = 0, host: { machines } }: RunReport): readonly Note[] {
  if (emulatorFaults === 0) return [];
  const culprits = machines
    .filter(({ kind }) => kind === 'qemu')
    .map(({ accelerator, version }) =>
      accelerator === 'kvm' ? "the host's processor or hypervisor" : `QEMU ${version}`,
    );
  const culprit = [...new Set(culprits)].join(' or ');
  const guests = count(emulatorFaults, 'guest');
  const text = `${culprit} spoilt ${guests}: registers that no x86 processor can have; see docs/qemu.md`;
  return [{ text, cells: [] }];
}

function describeKernels({ kernels }: RunReport): readonly Note[] {
  return kernels.flatMap((kernel) => {
    const unlisted = describeUnlisted(kernel);
    const own = [...(unlisted === undefined ? [] : [unlisted]), ...describeDisagreements(kernel)];
    return own.map((text) => ({ about: `kernel ${kernel.name}`, text, cells: [] }));
  });
}

function describeLocked({ lock }: RunReport): readonly Note[] {
  if (lock === undefined) return [];
  return describeLock(lock).map((text) => ({ about: 'lock', text, cells: [] }));
}

/** Crashes that may be their template's doing and count for nothing; nobody should miss them, though. */
function describeUnconfirmed({ cells }: RunReport): readonly Note[] {
  return cells.flatMap(({ id, findings }) =>
    findings
      .filter(({ isUnconfirmed }) => isUnconfirmed)
      .map(({ guest, finding }) => ({
        text: `guest ${guest}, restored, crashed before any test ran in it, which no booted guest did: ${finding.title}`,
        cells: [id],
      })),
  );
}

function describeCells({ cells }: RunReport): readonly Note[] {
  const notes = new Map<string, string[]>();
  for (const { id, notes: own } of cells) {
    for (const text of new Set(own)) {
      const ids = notes.get(text);
      if (ids === undefined) notes.set(text, [id]);
      else ids.push(id);
    }
  }
  return [...notes].map(([text, ids]) => ({ text, cells: ids }));
}
