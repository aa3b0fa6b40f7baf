/** The summary's part on what to do about a red run: commands that can be pasted. */
import { problemsOf } from '../report/problems.ts';
import { fileWords, hitWords } from '../report/reproduce-words.ts';
import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { folderWord, type SummaryOptions } from './summary-options.ts';

/** A command is to be pasted: one that is cut off runs something else. */
const LENGTH_MAX = 10_000;

/** How to see the first problem again, a new one if there is one, and how to accept what is to stay. */
export function renderNextSteps(
  report: RunReport,
  options: Pick<SummaryOptions, 'colors' | 'command' | 'folder'>,
): readonly string[] {
  const { colors, command } = options;
  const [first] = problemsOf(report);
  const expect = command([
    'expect',
    ...fileWords(report),
    '--from',
    folderWord(options),
    '--dry-run',
  ]);
  return [
    ...(first === undefined ? [] : renderAgain(first, report, command)),
    `what kmx expect would accept or remove: ${expect}`,
  ].map((line) => colors.dim(toLine(line, LENGTH_MAX)));
}

function renderAgain(
  { group, hits, isNew }: ReturnType<typeof problemsOf>[number],
  report: RunReport,
  command: SummaryOptions['command'],
): readonly string[] {
  const hit = hits.find(({ test }) => test !== undefined) ?? hits[0];
  if (hit === undefined) return [];
  const which = isNew ? 'the first new failure' : 'the first failure';
  return [`${which} again: ${command(hitWords(report, hit, group.signature))}`];
}
