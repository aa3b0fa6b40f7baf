import { expect } from 'chai';
import picocolors from 'picocolors';
import { createRunWithFailures, OOM_KILL, REFUSED } from '../report/testing/run-with-detail.ts';
import { createPlainReporter } from './plain.ts';
import { renderSummary } from './summary.ts';
import { renderJunit } from './testing/render-junit.ts';
import { foldEvents } from './testing/runs.ts';

const colors = picocolors.createColors(false);
const command = (words: readonly string[]): string => ['scripts/kmx', ...words].join(' ');
const options = { colors, width: 100, folder: 'reports/latest', resume: '', command };

/** The paragraph of the summary that begins with the text. */
function sectionOf(summary: string, begin: string): readonly string[] {
  return (
    summary
      .split('\n\n')
      .find((section) => section.startsWith(begin))
      ?.split('\n') ?? []
  );
}

describe('a test that failed while a note was found', () => {
  const events = createRunWithFailures(
    ({ test }) => (test.file.startsWith('memory/') ? { message: REFUSED } : undefined),
    [OOM_KILL],
  );
  const report = foldEvents(events);

  it('has the assertion’s message as its reason in plain progress', () => {
    const lines: string[] = [];
    const reporter = createPlainReporter((text) => lines.push(text), { colors, resume: '' });
    for (const event of events) reporter.onEvent?.(event);
    const [line] = lines.filter((text) => text.includes(REFUSED));
    expect(line).to.match(/^fail .* – ReadStdout was refused/);
    expect(lines.join('')).not.to.include(OOM_KILL.title);
  });

  it('has it in the summary, with the note beside it', () => {
    const section = sectionOf(renderSummary(report, options), `fail  ${REFUSED}`);
    expect(section).to.include(`  also seen: ${OOM_KILL.title}`);
  });

  it('has it in junit.xml, with the note in the body', () => {
    const xml = renderJunit(report);
    const [failure = ''] =
      xml.match(/<failure type="fail" message="ReadStdout.*?<\/failure>/s) ?? [];
    expect(failure).to.include(`message="${REFUSED}"`);
    expect(failure).to.include(`also seen: ${OOM_KILL.title}\n${OOM_KILL.excerpt}`);
  });
});

describe('tests that failed of one cause', () => {
  const CAUSE = 'pids.max is not what CreateContainer asked for';
  const events = createRunWithFailures(({ test, cell }) =>
    test.file.startsWith('boots')
      ? undefined
      : { message: `expected ${test.title} in ${cell}`, cause: CAUSE },
  );
  const report = foldEvents(events);

  it('are one failure of the report, by one signature', () => {
    const failures = report.failures.filter(({ cause }) => cause === CAUSE);
    expect(failures).to.have.length(1);
    const [{ signature, hits, message } = { hits: [] }] = failures;
    const tests = report.cells.flatMap((cell) => cell.tests);
    const failed = tests.filter(({ detail }) => detail?.cause === CAUSE);
    expect(hits.length).to.equal(failed.length).and.to.be.above(20);
    expect(new Set(failed.map((test) => test.signature))).to.deep.equal(new Set([signature]));
    expect(message).to.equal(failed[0]?.detail?.message);
  });

  it('are one paragraph of the summary: the cause, how many, and one of the messages', () => {
    const summary = renderSummary(report, options);
    const section = sectionOf(summary, `fail  ${CAUSE}  s2-`);
    expect(section[1]).to.match(/^ {2}\d+ tests of 7 cells: /);
    const examples = section.filter((line) => line.startsWith('  for example: expected '));
    expect(examples).to.have.length(1);
    expect(summary.split(CAUSE)).to.have.length(2);
  });
});

describe('the last words of an agent', () => {
  const lines = ['Error: bind', 'EOPNOTSUPP: Operation not supported'];
  const lastWords = { source: 'agent-stderr', lines } as const;
  const events = createRunWithFailures(({ test }) =>
    test.file === 'boots' ? { message: 'agent health: the agent ended', lastWords } : undefined,
  );
  const report = foldEvents(events);

  it('are in the summary, once, with the path of their file', () => {
    const section = sectionOf(renderSummary(report, options), 'fail  agent health');
    const [cell] = report.cells;
    expect(section.slice(-3)).to.deep.equal([
      `  reports/latest/cells/${cell?.id}/guest-1/agent-stderr.log says last:`,
      ...lines.map((line) => `    ${line}`),
    ]);
  });

  it('are in the report of each test and in junit.xml', () => {
    const boots = report.cells[0]?.tests.find(({ file }) => file === 'boots');
    expect(boots?.detail?.lastWords).to.deep.equal(lastWords);
    expect(renderJunit(report)).to.include(
      `agent-stderr.log says last:\n  ${lines[0]}\n  ${lines[1]}`,
    );
  });
});
