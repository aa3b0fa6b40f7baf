import { count, renderFirst } from '../../phrases.ts';
import type { ChangedInput, ChangeReport } from '../../report/baseline-schema.ts';
import { newHits } from '../../report/new-hits.ts';
import { countCells } from '../../report/problems.ts';
import { markdownCode } from '../markdown.ts';
import type { MarkdownContext, Section } from './section.ts';

const CHANGES_SHOWN_MAX = 100;
const CELLS_SHOWN_MAX = 3;
const DETAILS_SHOWN_MAX = 10;

/** What changed since the baseline, in results and then in what the runs were made from. */
export function baselineSection({ report: { baseline } }: MarkdownContext): Section | undefined {
  if (baseline === undefined) return undefined;
  const { run, changes, inputs, missing } = baseline;
  const shown = changes.slice(0, CHANGES_SHOWN_MAX);
  const more = changes.length - shown.length;
  const items = [
    ...shown.map(describeChange),
    ...(more === 0 ? [] : [`- … and ${more} more`]),
    ...(changes.length === 0 ? ['- no result'] : []),
    ...inputs.map(describeInput),
    ...missing.map((sentence) => `- not compared: ${markdownCode(sentence, 500)}`),
  ];
  return {
    title: `Changed since ${markdownCode(run)}`,
    noun: 'change',
    items: items.map((item) => [item]),
    isDense: true,
  };
}

function describeChange(all: ChangeReport): string {
  const { change, now, before, hits } = all;
  const word = newHits(all).length > 0 ? `**${change}**` : change;
  const cells = [...new Set(hits.map(({ cell }) => cell))].map((cell) => markdownCode(cell));
  const result = [describeResult(before), describeResult(now)].filter((part) => part !== undefined);
  const what = change === 'changed' ? result.join(' → ') : (result.at(-1) ?? '');
  const where = `${count(hits.length, 'result')} in ${count(countCells(hits), 'cell')}`;
  const known = hits.every(({ isExpected }) => isExpected) ? ', as expected' : '';
  const names = renderFirst(cells, CELLS_SHOWN_MAX).join(', ');
  return `- ${word} ${what}: ${where}${known}: ${names}`;
}

function describeResult(result: ChangeReport['now']): string | undefined {
  if (result === undefined) return undefined;
  const { verdict, signature, why } = result;
  return [verdict, markdownCode(why), signature === undefined ? '' : markdownCode(signature)]
    .filter((part) => part !== '')
    .join(' ');
}

function describeInput({ kind, name, before, now, details, count: all }: ChangedInput): string {
  const what = name === undefined ? kind : `${kind} ${markdownCode(name)}`;
  const values = [before ?? 'none', now ?? 'none'].map((value) => markdownCode(value)).join(' → ');
  const shown = details.slice(0, DETAILS_SHOWN_MAX).map((detail) => markdownCode(detail));
  const more = (all ?? details.length) - shown.length;
  const also = [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join(', ');
  return `- input: ${what} ${values}${also === '' ? '' : `: ${also}`}`;
}
