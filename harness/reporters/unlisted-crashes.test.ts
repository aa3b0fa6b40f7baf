import { expect } from 'chai';
import picocolors from 'picocolors';
import { OTHER_PANIC, PANIC } from '../report/testing/sample-ends.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { renderSummary } from './summary.ts';
import { renderJunit } from './testing/render-junit.ts';
import { foldEvents } from './testing/runs.ts';

describe('a crash that no expectation lists, beside a known one', () => {
  const report = foldEvents(
    createSampleRun().map((event) => {
      if (event.type === 'test-end' && event.verdict === 'agent-panic') {
        return { ...event, findings: [...event.findings, OTHER_PANIC] };
      }
      if (event.type !== 'run-begin') return event;
      const known = { line: 2, where: {}, outcome: 'agent-panic', reason: 'known' } as const;
      const pinned = { tests: ['cpuset/**', 'lifecycle/**'], signatures: [PANIC.signature] };
      const expectations = [{ ...known, ...pinned, expires: '2099-12-31' }];
      return { ...event, expectations, expectationsFile: 'expectations.yaml' };
    }),
  );

  it('is a crash of its own in the summary, and is named where the expectation is', () => {
    const colors = picocolors.createColors(false);
    const options = {
      colors,
      width: 100,
      folder: 'reports/latest',
      resume: 'kmx run',
      command: String,
    };
    const summary = renderSummary(report, options);
    const { signature, title } = OTHER_PANIC;
    expect(summary).to.include(`agent-panic  ${title}  ${signature}`);
    expect(summary).to.include(`, and agent-panic ${signature} ${title}`);
    expect(summary).not.to.include(`${PANIC.title}  ${PANIC.signature}`);
  });

  it('is named by the failure in junit.xml', () => {
    expect(renderJunit(report)).to.match(
      /<failure type="agent-panic" message="changed, expectations.yaml:2: [^"]*; also another at/,
    );
  });
});
