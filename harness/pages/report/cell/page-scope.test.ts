import { expect } from 'chai';
import type { CellReport, TestReport } from '../../../report/schema.ts';
import { createSampleReport } from '../../testing/sample-report.ts';
import { scopeOf } from './page-scope.ts';

const report = createSampleReport();
const [template] = report.cells;
if (template === undefined) throw new Error('Expected the sample to have cells');

function testOf(verdict: TestReport['verdict'], status?: 'new' | 'as-expected'): TestReport {
  const judgement = status === undefined ? {} : { judgement: { status } };
  return { file: 'a.spec.ts', title: 'a', verdict, durationMs: 1, findings: [], ...judgement };
}

const cellOf = (id: string, ...tests: TestReport[]): CellReport => ({ ...template, id, tests });

describe('What is on the page of a run', () => {
  const [good, known, bad] = [
    testOf('pass'),
    testOf('agent-panic', 'as-expected'),
    testOf('hang', 'new'),
  ];
  const cells = [cellOf('first', good, known), cellOf('second', testOf('skip'), bad)];
  const shownOf = (testsMax: number) => {
    const scope = scopeOf({ cells }, { testsMax, evidenceMax: 1 });
    return { tests: cells.flatMap((cell) => scope.testsOf(cell)), leftOut: scope.leftOut };
  };

  it('is everything, if there is room', () => {
    expect(shownOf(4)).to.deep.include({ leftOut: 0 }).and.property('tests').to.have.length(4);
  });

  it('is what went wrong, what was not expected first, if there is not', () => {
    expect(shownOf(3)).to.deep.equal({ tests: [known, bad], leftOut: 2 });
    expect(shownOf(1)).to.deep.equal({ tests: [bad], leftOut: 3 });
  });

  it('has evidence for what was not expected first', () => {
    const scope = scopeOf({ cells }, { testsMax: 9, evidenceMax: 1 });
    expect([good, known, bad].map(scope.hasEvidence)).to.deep.equal([false, false, true]);
  });
});
