import { expect } from 'chai';
import type { Expectation } from '../expectations/expectation.ts';
import { createReportFold } from '../report/fold-report.ts';
import { makeCell } from '../report/testing/made-cells.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { expectedOriginal, originalsAt, originalsIn } from './original.ts';
import { pathOfTest } from './page-place.ts';

const cells = [
  makeCell(
    [
      { title: 'passes', verdict: 'pass' },
      { title: 'a › hangs', verdict: 'hang', signature: 's2-aaaaaaaaaaaa' },
      { title: 'was not measured', verdict: 'miss' },
    ],
    { id: 'one' },
  ),
  makeCell([{ title: 'fails', verdict: 'fail', signature: 's2-bbbbbbbbbbbb' }], { id: 'two' }),
];
const REPORT = { ...createReportFold(createSampleRun()).report(), run: 'r1', cells };

describe('originals', () => {
  it('are the failures of a run, with what they were and what they were made from', () => {
    const found = originalsIn(REPORT);
    expect(found.map(({ cell, test, verdict }) => [cell, test.title, verdict])).to.deep.equal([
      ['one', 'a › hangs', 'hang'],
      ['two', 'fails', 'fail'],
    ]);
    expect(found[0]).to.include({ title: 'hang of a › hangs' });
    expect(found[0]?.signatures).to.deep.equal(['s2-aaaaaaaaaaaa']);
    expect(found[0]?.made).to.include.keys('host', 'kernels');
  });

  it('are found by a place on the page', () => {
    const titles = (place: Parameters<typeof originalsAt>[1]) =>
      originalsAt(REPORT, place).map(({ test }) => test.title);
    expect(titles({ kind: 'cell', cell: 'two' })).to.deep.equal(['fails']);
    expect(titles({ kind: 'finding', signature: 's2-aaaaaaaaaaaa' })).to.deep.equal(['a › hangs']);
    const path = pathOfTest({ file: 'x.spec.ts', title: 'a › hangs' });
    expect(titles({ kind: 'test', cell: 'one', path })).to.deep.equal(['a › hangs']);
    expect(titles({ kind: 'test', cell: 'two', path })).to.deep.equal([]);
    expect(titles({ kind: 'log', cell: 'one', guest: '7' })).to.deep.equal([]);
  });

  it('are what expectations say, but not of a cell that measures nothing', () => {
    const expectation: Expectation = {
      ...{ line: 3, name: 'panic', where: {}, outcome: 'agent-panic', reason: 'r' },
      ...{ signatures: ['s2-aaaaaaaaaaaa'], expires: '2027-01-01' },
    };
    const at = { file: 'e.yaml', cell: 'one', test: { file: 'a.spec.ts', title: 't' } };
    expect(expectedOriginal(expectation, at)).to.deep.equal({
      from: { kind: 'expectation', file: 'e.yaml', line: 3, name: 'panic' },
      ...{ cell: 'one', test: at.test, verdict: 'agent-panic', signatures: ['s2-aaaaaaaaaaaa'] },
    });
    expect(expectedOriginal({ ...expectation, outcome: 'nothing-ran' }, at)).to.equal(undefined);
  });
});
