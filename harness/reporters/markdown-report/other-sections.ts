/** What was known, skipped or is to be noted: nothing here makes a run red, but for expectations not met. */
import picocolors from 'picocolors';
import { count, renderFirst } from '../../phrases.ts';
import type { ExpectationReport, RunReport } from '../../report/schema.ts';
import { skipReasonsOf } from '../../report/skip-reasons.ts';
import { markdownCode } from '../markdown.ts';
import { renderTestName } from '../progress.ts';
import { describeSkipped } from '../summary.ts';
import { renderUnmet } from '../summary-expectations.ts';
import { renderNotes } from '../summary-notes.ts';
import { renderDisagreements } from '../summary-predictions.ts';
import type { MarkdownContext, Section } from './section.ts';

const ITEMS_MAX = 200;
const LINE_LENGTH_MAX = 400;
const PLAIN = picocolors.createColors(false);

export function otherSections(context: MarkdownContext): readonly Section[] {
  const { report } = context;
  return [
    listOf('Expectations not met', 'expectation', renderUnmet(report, PLAIN).map(describeUnmet)),
    listOf('Flaky', 'flaky test', flakyOf(report)),
    listOf('Known failures', 'known failure', knownOf(report)),
    predictionsOf(context),
    listOf('Skipped', 'skip reason', skipsOf(report)),
    listOf('Notes', 'note', renderNotes(report, PLAIN).map(withoutMark)),
  ];
}

function listOf(title: string, noun: string, points: readonly string[]): Section {
  const items = renderFirst(points, ITEMS_MAX).map((point) => [`- ${point}`]);
  return { title, noun, items, isDense: true };
}

/** The lines of the terminal: what is to be done first, then which tests. */
function describeUnmet(lines: readonly string[]): string {
  return lines.map((line) => markdownCode(line, LINE_LENGTH_MAX)).join('  \n  ');
}

function flakyOf({ cells }: RunReport): readonly string[] {
  return cells.flatMap(({ id, tests }) =>
    tests
      .filter(({ isFlaky }) => isFlaky)
      .map((test) => {
        const ends = test.attempts?.map(({ verdict }) => verdict).join(', then ');
        return `${markdownCode(id)} ${markdownCode(renderTestName(test))}: ${ends}`;
      }),
  );
}

function knownOf({
  expectations,
  expectationsFile = 'expectations',
}: RunReport): readonly string[] {
  return expectations
    .filter(({ status }) => status === 'met')
    .map((expectation) => {
      const { outcome, matched, expires, line, link, reason } = expectation;
      const where = markdownCode(`${expectationsFile}:${line}`);
      const why = markdownCode(link === undefined ? reason : `${reason} ${link}`, LINE_LENGTH_MAX);
      const what = [outcome, titleOf(expectation)].filter((part) => part !== '').join(' ');
      return `${what}: ${count(matched, 'test')}, until ${markdownCode(expires)}, ${where}: ${why}`;
    });
}

function titleOf({ title, signatures = [] }: ExpectationReport): string {
  return markdownCode(title ?? signatures.join(' or '), LINE_LENGTH_MAX);
}

function predictionsOf({ report, folder }: MarkdownContext): Section {
  const [intro = '', ...lines] = renderDisagreements(report, { folder, colors: PLAIN });
  return {
    title: 'Not as predicted',
    intro: [intro, ''],
    noun: 'prediction',
    items: lines.map((line) => [`- ${markdownCode(line, LINE_LENGTH_MAX)}`]),
    isDense: true,
  };
}

function skipsOf(report: RunReport): readonly string[] {
  return skipReasonsOf(report).map(
    (skip) => `${describeSkipped(skip)}: ${markdownCode(skip.reason, LINE_LENGTH_MAX)}`,
  );
}

function withoutMark(line: string): string {
  return markdownCode(line.replace(/^note\s+/, ''), LINE_LENGTH_MAX);
}
