import { Fragment } from 'preact';
import { againWords } from '../../../report/reproduce-words.ts';
import type { AttemptReport, CellReport, TestReport } from '../../../report/schema.ts';
import { decidingFinding, findingsBeside } from '../../../verdict/reason.ts';
import { h } from '../../element.ts';
import { Assertion } from './assertion.ts';
import { AttemptTable } from './attempt-table.ts';
import type { CellContext } from './cell-context.ts';
import { Copyable } from './copyable.ts';
import { FindingLines } from './finding-lines.ts';
import { GuestLine } from './guest-line.ts';
import { JudgementNote } from './judgement-note.ts';

interface TestDetailProps {
  readonly cell: CellReport;
  readonly test: TestReport;
  readonly context: CellContext;
}

/** Everything that is known of one test, what decided first. */
export function TestDetail({ cell, test, context }: TestDetailProps) {
  const { attempts, cached } = test;
  const words = againWords(context.report, cell.id, test);
  return h(
    'div',
    { class: 'detail' },
    h(JudgementNote, { test, context }),
    h(Evidence, { cell, attempt: test, context }),
    attempts !== undefined && h(AttemptTable, { cell, attempts, context }),
    cached !== undefined &&
      h(
        'p',
        null,
        `Not run again, since nothing that it depends on has changed: measured by run ${cached.run} on ${cached.time.slice(0, 10)}, which has its logs.`,
      ),
    h('p', { class: 'quiet' }, 'Run it again:'),
    h(Copyable, { text: context.commandLine(words), label: 'command that runs this test again' }),
  );
}

/** What one attempt left behind. */
export function Evidence({
  cell,
  attempt,
  context,
}: {
  readonly cell: CellReport;
  readonly attempt: AttemptReport;
  readonly context: CellContext;
}) {
  const { detail = {}, guest } = attempt;
  const { message, expected, actual, text, lastWords, call, cause, unseen } = detail;
  const deciding = decidingFinding(attempt);
  const beside = findingsBeside(attempt);
  const finding = (one: (typeof beside)[number]) =>
    h(FindingLines, { cell: cell.id, guest, finding: one, context });
  return h(
    Fragment,
    null,
    deciding !== undefined && finding(deciding),
    message !== undefined && message !== deciding?.title && h('p', { class: 'message' }, message),
    cause !== undefined && h('p', { class: 'quiet' }, `Cause: ${cause}`),
    expected !== undefined && actual !== undefined && h(Assertion, { expected, actual }),
    call !== undefined && h('p', null, 'No answer to ', h('code', null, call)),
    unseen !== undefined && h('p', null, `Not all was seen: ${unseen}`),
    lastWords !== undefined && h(LastWordsOf, { words: lastWords, said: deciding?.excerpt ?? '' }),
    beside.length > 0 && h('p', { class: 'quiet' }, 'Also seen:'),
    beside.map(finding),
    text !== undefined && h(Stack, { text }),
    guest !== undefined && h(GuestLine, { cell, guest, context }),
  );
}

function LastWordsOf({
  words: { source, lines },
  said,
}: {
  readonly words: NonNullable<NonNullable<TestReport['detail']>['lastWords']>;
  /** By the finding, which is already shown. */
  readonly said: string;
}) {
  if (lines.every((line) => said.includes(line))) return null;
  return h(
    'figure',
    { class: 'finding' },
    h('figcaption', null, `The agent’s last words, on ${source.replace('agent-', '')}`),
    h(
      'pre',
      { class: 'lines', tabIndex: 0, role: 'group', 'aria-label': 'the agent’s last words' },
      lines.map((line) => `${line}\n`),
    ),
  );
}

function Stack({ text }: { readonly text: string }) {
  return h(
    'details',
    { class: 'stack' },
    h('summary', null, 'Where it was thrown'),
    h('pre', { class: 'lines', tabIndex: 0, role: 'group', 'aria-label': 'stack' }, text),
  );
}
