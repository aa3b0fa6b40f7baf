import { expect } from 'chai';
import type { RunEvent } from '../events.ts';
import { makeFinding } from '../verdict/finding.ts';
import { newLooseCrashes } from './expected.ts';
import { createReportFold } from './fold-report.ts';
import { outcomeOf } from './outcome.ts';
import { PANIC } from './testing/sample-ends.ts';
import { createSampleRun } from './testing/sample-run.ts';

const DOUBLE_FAULT = {
  ...makeFinding({
    ...{ class: 'kernel-oops', title: 'double fault in f', source: 'console' },
    ...{ start: 1, end: 2, excerpt: 'PANIC: double fault' },
  }),
  impossible: 'EFLAGS 05a262e2, in which bit 23 is wrong',
} as const;
const DEATH = makeFinding({
  ...{ class: 'kernel-panic', title: 'Kernel panic: Fatal exception', source: 'console' },
  ...{ start: 3, end: 4, excerpt: '' },
});

/** The sample run, in which all goes well but for what is changed. */
function reportOf(change: (event: RunEvent) => readonly RunEvent[]) {
  const fold = createReportFold();
  for (const event of createSampleRun().flatMap(change)) {
    if (event.type === 'finding' && event.finding.title === PANIC.title) continue;
    fold.push(event);
  }
  return fold.report();
}

type TestEnd = Extract<RunEvent, { type: 'test-end' }>;

function passed({ detail: _, signature: __, ...event }: TestEnd): TestEnd {
  return { ...event, verdict: 'pass', findings: [] };
}

const good = (event: RunEvent): readonly RunEvent[] => {
  if (event.type === 'finding') return [];
  return [event.type === 'test-end' ? passed(event) : event];
};

describe('faults of the emulator', () => {
  it('are none in a run without any', () => {
    expect(reportOf(good)).not.to.have.property('emulatorFaults');
  });

  it('are counted in each try, and leave what passes then as it is', () => {
    let isFirst = true;
    const report = reportOf((event) => {
      if (event.type !== 'test-end' || !isFirst) return good(event);
      isFirst = false;
      const detail = { message: 'the emulator is at fault', missKind: 'emulator' } as const;
      const spoilt = {
        ...event,
        verdict: 'miss',
        findings: [DOUBLE_FAULT, DEATH],
        detail,
      } as const;
      return [spoilt, { ...passed(event), attempt: 2 }];
    });
    expect(report.emulatorFaults).to.equal(1);
    expect(report.crashes).to.deep.equal([]);
    expect(report.cells[0]?.tests[0])
      .to.include({ verdict: 'pass' })
      .and.not.have.property('isFlaky');
  });

  it('are counted for guests that waited for a test, of which nothing counts any more', () => {
    const cell =
      createSampleRun().flatMap((event) => ('cell' in event ? [event.cell] : []))[0] ?? '';
    const time = '2026-08-01T10:09:00.000Z';
    const report = reportOf((event) => {
      if (event.type !== 'run-end') return good(event);
      const at = { type: 'finding', time, cell, guest: 2 } as const;
      return [{ ...at, finding: DOUBLE_FAULT }, { ...at, finding: DEATH }, event];
    });
    expect(report.emulatorFaults).to.equal(1);
    expect(report.crashes).to.deep.equal([]);
    expect(report.cells.flatMap(newLooseCrashes)).to.deep.equal([]);
    expect(report.cells.find(({ id }) => id === cell)?.verdict).not.to.match(/kernel/);
    const outcomes = [report, reportOf(good)].map(outcomeOf);
    expect(outcomes[0]).to.equal(outcomes[1]);
  });
});
