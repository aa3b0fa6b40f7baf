import { expect } from 'chai';
import { createReportFold } from './fold-report.ts';
import { ranMsOf } from './ran-ms.ts';
import { createSampleRun } from './testing/sample-run.ts';

const at = (second: number): string =>
  new Date(Date.parse('2026-11-25T10:00:00.000Z') + second * 1000).toISOString();

describe('how long a run ran', () => {
  const [begin] = createSampleRun();
  if (begin === undefined) throw new Error('Expected a run that begins');
  const began = { ...begin, time: at(0) };
  const end = (second: number) =>
    ({ type: 'run-end', time: at(second), interrupted: false }) as const;
  const resumed = (second: number) => ({ type: 'run-resumed', time: at(second) }) as const;

  it('is the time from its begin to its end', () => {
    const report = createReportFold([began, end(25)]).report();
    expect(ranMsOf(report)).to.equal(25_000);
    expect(report).not.to.have.property('idleMs');
  });

  it('is unknown before it has ended', () => {
    expect(ranMsOf(createReportFold([began]).report())).to.equal(undefined);
  });

  it('does not include the time before it was resumed, whether it was interrupted or killed', () => {
    const cell = began.type === 'run-begin' ? (began.cells[0]?.id ?? '') : '';
    const note = { type: 'note', time: at(215), cell, message: 'x' } as const;
    const interrupted = [began, end(10), resumed(200)] as const;
    const killed = [note, resumed(1000)] as const;
    const report = createReportFold([...interrupted, ...killed, end(1005)]).report();
    expect(ranMsOf(report)).to.equal(10_000 + 15_000 + 5000);
    expect(report.idleMs).to.equal(190_000 + 785_000);
  });
});
