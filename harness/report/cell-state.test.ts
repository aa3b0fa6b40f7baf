import { expect } from 'chai';
import { type CellState, cellStateOf } from './cell-state.ts';
import { createReportFold } from './fold-report.ts';
import type { CellReport, RunReport } from './schema.ts';
import { createSampleRun } from './testing/sample-run.ts';

type Judgement = NonNullable<CellReport['tests'][number]['judgement']>;

function sampleCell(index: number): CellReport {
  const fold = createReportFold();
  for (const event of createSampleRun()) fold.push(event);
  const cell: RunReport['cells'][number] | undefined = fold.report().cells[index];
  if (cell === undefined) throw new Error(`Expected a cell ${index}`);
  return cell;
}

/** With another judgement on the tests that have this verdict. */
function judge(cell: CellReport, verdict: string, status: Judgement['status']): CellReport {
  const tests = cell.tests.map((test) =>
    test.verdict === verdict ? { ...test, judgement: { status, line: 1 } } : test,
  );
  return { ...cell, tests };
}

function stateOf(cell: CellReport): Pick<CellState, 'kind' | 'verdict' | 'number' | 'ran'> {
  const { kind, verdict, number, ran } = cellStateOf(cell);
  return { kind, verdict, number, ran };
}

describe('The state of a cell', () => {
  it('is good if all is', () => {
    expect(stateOf(sampleCell(0))).to.deep.equal({
      ...{ kind: 'good', verdict: 'pass', number: 5, ran: 5 },
    });
  });

  it('is the worst of what was not expected, and how many of those that ran have it', () => {
    expect(stateOf(sampleCell(5))).to.deep.equal({
      ...{ kind: 'bad', verdict: 'agent-panic', number: 2, ran: 4 },
    });
  });

  it('is not that of a known crash beside which something else went wrong', () => {
    const cell = judge(sampleCell(5), 'agent-panic', 'as-expected');
    expect(stateOf(cell)).to.deep.include({ kind: 'bad', verdict: 'hang', number: 1 });
  });

  it('tells beside the worst what else was not expected', () => {
    const { tests } = sampleCell(5);
    const first = cellStateOf(sampleCell(5));
    expect(first.beside).to.deep.equal([{ verdict: 'hang', number: 1 }]);
    const missing = tests.map((test) =>
      test.verdict === 'hang' ? { ...test, verdict: 'miss' as const } : test,
    );
    expect(cellStateOf({ ...sampleCell(5), tests: missing }).beside).to.deep.equal([
      { verdict: 'miss', number: 1 },
    ]);
    expect(cellStateOf(sampleCell(0)).beside).to.deep.equal([]);
  });

  it('is known if all that went wrong was expected', () => {
    const cell = judge(judge(sampleCell(5), 'agent-panic', 'as-expected'), 'hang', 'as-expected');
    expect(stateOf(cell)).to.deep.include({ kind: 'known', verdict: 'agent-panic', number: 2 });
  });

  it('is a surprise if a test passes that was expected to fail', () => {
    const cell = judge(sampleCell(0), 'pass', 'unexpected-pass');
    expect(stateOf(cell)).to.deep.include({ kind: 'surprise', verdict: 'pass', number: 5 });
  });

  it('is that of a crash outside of tests', () => {
    expect(stateOf(sampleCell(3))).to.deep.include({
      ...{ kind: 'bad', verdict: 'kernel-oops', number: 0 },
    });
  });

  it('tells whether every result is from an earlier run', () => {
    const cell = sampleCell(0);
    const cached = { run: 'earlier', time: '2026-07-31T10:00:00.000Z' };
    const tests = cell.tests.map((test) => ({ ...test, cached }));
    expect(cellStateOf(cell).isCached).to.equal(false);
    expect(cellStateOf({ ...cell, tests }).isCached).to.equal(true);
    expect(cellStateOf({ ...cell, tests: [] }).isCached).to.equal(false);
  });
});
