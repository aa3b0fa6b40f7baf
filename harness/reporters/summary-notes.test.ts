import { expect } from 'chai';
import picocolors from 'picocolors';
import type { RunEvent } from '../events.ts';
import { makeFinding } from '../verdict/finding.ts';
import { renderNotes } from './summary-notes.ts';
import { foldEvents, recordedRun } from './testing/runs.ts';

const colors = picocolors.createColors(false);

describe('notes in the summary', () => {
  const events = recordedRun();
  const cells = events.flatMap((event) => (event.type === 'run-begin' ? event.cells : []));
  const note = (cell: string, message: string): RunEvent => ({
    ...{ type: 'note', time: '2026-11-24T12:00:00.000Z' },
    ...{ cell, message },
  });

  it('are none in a run without any', () => {
    expect(renderNotes(foldEvents(events), colors)).to.deep.equal([]);
  });

  it('begin with what the emulator has spoilt', () => {
    const report = { ...foldEvents(events), emulatorFaults: 2 };
    const [line] = renderNotes(report, colors);
    expect(line).to.match(/^note {2}QEMU \S+ spoilt 2 guests: .*docs\/qemu\.md$/);
  });

  it('tell of a crash that may be the doing of a saved guest', () => {
    const report = foldEvents(events);
    const [cell, ...others] = report.cells;
    const finding = makeFinding({
      ...{ class: 'kernel-panic', title: 'Kernel panic: x', source: 'console' },
      ...{ start: 0, end: 1, excerpt: '' },
    });
    const findings = [{ guest: 4, finding, isUnconfirmed: true } as const];
    const told = cell === undefined ? [] : [{ ...cell, findings }];
    const [line] = renderNotes({ ...report, cells: [...told, ...others] }, colors);
    expect(line).to.include(`${cell?.id}: guest 4, restored, crashed before any test`);
    expect(line).to.match(/: Kernel panic: x$/);
  });

  it('come once each, with their cell or how many there are', () => {
    const [one = '', other = ''] = cells.map(({ id }) => id);
    const noted = [note(one, 'made anew'), note(other, 'made anew'), note(one, 'once\u001b[2J')];
    expect(renderNotes(foldEvents([...events, ...noted]), colors)).to.deep.equal([
      'note  2 cells: made anew',
      `note  ${one}: once`,
    ]);
  });

  it('name each kernel with packages that no signature covers', () => {
    const kernel = { release: '7.1.13', digest: 'sha256:71', origin: 'debian 7.1' };
    const unlisted = [
      { name: 'linux-base-7.1', sha256: '01', vouchedBy: 'matrix' },
      { name: 'linux-modules-7.1', sha256: '23', vouchedBy: 'nobody' },
    ] as const;
    const end: RunEvent = {
      ...{ type: 'kernel-end', time: '2026-11-24T12:00:00.000Z' },
      kernel: { name: 'debian-7.1', ...kernel, unlisted },
    };
    expect(renderNotes(foldEvents([...events, end]), colors)).to.deep.equal([
      'note  kernel debian-7.1: no signature covers linux-base-7.1 (checked against the matrix), ' +
        'linux-modules-7.1 (trusted when first fetched)',
    ]);
  });

  it('name each kernel that has two configurations, and where they differ', () => {
    const kernel = { release: '6.12', digest: 'sha256:612', origin: 'path /boot/vmlinuz' };
    const symbols = ['CPUSETS_V1', 'MEMCG_V1', 'PSI', 'HZ', 'SMP'];
    const config = {
      digest: 'sha256:01',
      from: 'image',
      disagreements: [{ from: 'file', digest: 'sha256:02', symbols, count: 12 }],
    } as const;
    const end: RunEvent = {
      ...{ type: 'kernel-end', time: '2026-11-24T12:00:00.000Z' },
      kernel: { name: 'own', ...kernel, config },
    };
    expect(renderNotes(foldEvents([...events, end]), colors)).to.deep.equal([
      'note  kernel own: its config file and its image differ in 12 symbols ' +
        '(CPUSETS_V1, MEMCG_V1, PSI, HZ, SMP and 7 more); the latter counts',
    ]);
  });

  it('say that the host has no sandbox', () => {
    const report = foldEvents(events);
    const machines = report.host.machines.map((machine) => ({
      ...machine,
      lacksSandbox: true as const,
    }));
    const host = { ...report.host, machines };
    expect(renderNotes({ ...report, host }, colors)).to.deep.equal([
      `note  QEMU ${machines[0]?.version} was built without seccomp: guests ran without its sandbox`,
    ]);
  });
});
