import { expect } from 'chai';
import { propose } from '../expectations/propose.ts';
import { createReportFold } from '../report/fold-report.ts';
import { createRunWithFailures, OOM_KILL, REFUSED } from '../report/testing/run-with-detail.ts';
import { PANIC } from '../report/testing/sample-ends.ts';
import { runToExpect } from './run-to-expect.ts';

describe('what is proposed to expect', () => {
  const CAUSE = 'pids.max is not what CreateContainer asked for';
  const events = createRunWithFailures(
    ({ test, cell }) => {
      if (test.file.startsWith('memory/')) return { message: REFUSED };
      if (test.file.startsWith('freezer/')) return { message: `seen in ${cell}`, cause: CAUSE };
      return undefined;
    },
    [OOM_KILL],
  );
  const { proposals } = propose(runToExpect(createReportFold(events).report()), []);
  const titlesOf = (outcome: string) =>
    proposals.flatMap((one) => (one.kind === 'add' && one.outcome === outcome ? [one.title] : []));

  it('has the assertion’s message for its title, and no note that stands beside it', () => {
    expect(titlesOf('fail')).to.include(REFUSED);
    expect(titlesOf('fail').join()).not.to.include(OOM_KILL.title);
  });

  it('has the cause for its title where there is one, for that is what it pins', () => {
    expect(titlesOf('fail')).to.include(CAUSE);
    const signatures = proposals.flatMap((one) =>
      one.kind === 'add' && one.title === CAUSE ? one.signatures : [],
    );
    expect(new Set(signatures).size).to.equal(1);
  });

  it('has the title of the finding where one decided', () => {
    expect(titlesOf('agent-panic')).to.include(PANIC.title);
  });
});
