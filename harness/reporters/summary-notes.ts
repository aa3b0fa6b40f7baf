import { count, renderFirst } from '../phrases.ts';
import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { describeDisagreements } from './config-notes.ts';
import type { Colors } from './paint.ts';
import { describeUnlisted } from './unlisted.ts';

const NOTES_SHOWN_MAX = 10;

/**
 * What people should know besides results, each note once: a host without a sandbox, guests that the
 * emulator spoilt, a kernel without a signature or with two configurations, a template that was rebuilt.
 */
export function renderNotes(report: RunReport, colors: Colors): readonly string[] {
  const { host, kernels, cells } = report;
  const notes = new Map<string, string[]>();
  for (const { id, notes: own } of cells) {
    for (const note of own) notes.set(note, [...(notes.get(note) ?? []), id]);
  }
  const ofHost = host.lacksSandbox
    ? [`QEMU ${host.qemu} was built without seccomp: guests ran without its sandbox`]
    : [];
  const ofKernels = kernels.flatMap((kernel) => {
    const unlisted = describeUnlisted(kernel);
    const own = [...(unlisted === undefined ? [] : [unlisted]), ...describeDisagreements(kernel)];
    return own.map((note) => `kernel ${kernel.name}: ${toLine(note)}`);
  });
  const ofCells = [...notes].map(([note, ids]) => {
    const where = ids.length === 1 ? ids[0] : count(ids.length, 'cell');
    return `${where}: ${toLine(note)}`;
  });
  const lines = [
    ...ofHost,
    ...describeFaults(report),
    ...ofKernels,
    ...renderFirst(describeUnconfirmed(report), NOTES_SHOWN_MAX),
    ...renderFirst(ofCells, NOTES_SHOWN_MAX),
  ];
  return lines.map((line) => `${colors.yellow('note')}  ${line}`);
}

/** Tests that the emulator spoilt were retried, so without this line nobody would hear of it. */
function describeFaults({
  emulatorFaults = 0,
  host: { qemu, accelerator },
}: RunReport): readonly string[] {
  if (emulatorFaults === 0) return [];
  const culprit = accelerator === 'kvm' ? "the host's processor or hypervisor" : `QEMU ${qemu}`;
  const guests = count(emulatorFaults, 'guest');
  return [
    `${culprit} spoilt ${guests}: registers that no x86 processor can have; see docs/qemu.md`,
  ];
}

/** Crashes that may be their template's doing and count for nothing; nobody should miss them, though. */
function describeUnconfirmed({ cells }: RunReport): readonly string[] {
  return cells.flatMap(({ id, findings }) =>
    findings
      .filter(({ isUnconfirmed }) => isUnconfirmed)
      .map(
        ({ guest, finding }) =>
          `${id}: guest ${guest}, restored, crashed before any test ran in it, which no booted guest did: ${toLine(finding.title)}`,
      ),
  );
}
