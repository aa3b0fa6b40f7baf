import { expect } from 'chai';
import { propose } from '../expectations/propose.ts';
import { createReportFold } from '../report/fold-report.ts';
import { createRunWithNote, REFUSED } from '../report/testing/failed-beside-note.ts';
import { PANIC } from '../report/testing/sample-ends.ts';
import { runToExpect } from './run-to-expect.ts';

describe('what is proposed to expect', () => {
  const { proposals } = propose(
    runToExpect(createReportFold([...createRunWithNote()]).report()),
    [],
  );
  const titlesOf = (outcome: string) =>
    proposals.flatMap((one) => (one.kind === 'add' && one.outcome === outcome ? [one.title] : []));

  it('has the assertion’s message for its title, and no note that stands beside it', () => {
    expect(titlesOf('fail')).to.include(REFUSED);
    expect(titlesOf('fail').join()).not.to.include('OOM');
  });

  it('has the title of the finding where one decided', () => {
    expect(titlesOf('agent-panic')).to.include(PANIC.title);
  });
});
