import { expect } from 'chai';
import picocolors from 'picocolors';
import { createRunWithNote, OOM_KILL, REFUSED } from '../report/testing/failed-beside-note.ts';
import { renderJunit } from './junit.ts';
import { createPlainReporter } from './plain.ts';
import { renderSummary } from './summary.ts';
import { foldEvents } from './testing/runs.ts';

const colors = picocolors.createColors(false);

describe('a test that failed while a note was found', () => {
  const events = createRunWithNote();
  const report = foldEvents(events);

  it('has the assertion’s message as its reason in plain progress', () => {
    const lines: string[] = [];
    const reporter = createPlainReporter((text) => lines.push(text), colors);
    for (const event of events) reporter.onEvent?.(event);
    const [line] = lines.filter((text) => text.includes(REFUSED));
    expect(line).to.match(/^fail .* – ReadStdout was refused/);
    expect(lines.join('')).not.to.include(OOM_KILL.title);
  });

  it('has it in the summary, with the note beside it', () => {
    const options = { colors, width: 100, folder: 'reports/latest', resume: '' };
    const sections = renderSummary(report, options).split('\n\n');
    const section = sections.find((text) => text.startsWith(`fail  ${REFUSED}\n`));
    expect(section?.split('\n')).to.include(`  also seen: ${OOM_KILL.title}`);
  });

  it('has it in junit.xml, with the note in the body', () => {
    const xml = renderJunit(report);
    const [failure = ''] =
      xml.match(/<failure type="fail" message="ReadStdout.*?<\/failure>/s) ?? [];
    expect(failure).to.include(`message="${REFUSED}"`);
    expect(failure).to.include(`also seen: ${OOM_KILL.title}\n${OOM_KILL.excerpt}`);
  });
});
