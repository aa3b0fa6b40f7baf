import { count } from '../../phrases.ts';
import { describeMachines } from '../../report/describe-machines.ts';
import { headlineOf } from '../../report/headline.ts';
import { ranMsOf } from '../../report/ran-ms.ts';
import { VERDICTS } from '../../verdict/verdict.ts';
import { markdownCode, markdownText } from '../markdown.ts';
import { renderElapsed } from '../progress.ts';
import type { MarkdownContext, Section } from './section.ts';

/** The sentence that says it all, and what was run. */
export function headSection({ report, folder, hasLinks }: MarkdownContext): Section {
  const { run, profile, host, cells, totals, filter } = report;
  const tests = VERDICTS.reduce((sum, verdict) => sum + (totals[verdict] ?? 0), 0);
  const ranMs = ranMsOf(report);
  const counts = VERDICTS.filter((verdict) => totals[verdict]).map(
    (verdict) => `${totals[verdict]} ${verdict}`,
  );
  const facts = [
    `run ${markdownCode(run)}`,
    `profile ${markdownCode(profile)}`,
    `${count(tests, 'test')} of ${count(cells.length, 'cell')}`,
    ...(filter === undefined ? [] : [`only tests with ${markdownCode(filter)}`]),
    ...(ranMs === undefined ? [] : [renderElapsed(ranMs)]),
    markdownCode(describeMachines(host.machines)),
  ];
  const page = hasLinks
    ? '[The page](index.html) has every test with its logs.'
    : `The page ${markdownCode(`${folder}/index.html`)} has every test with its logs.`;
  return {
    noun: 'line',
    items: [
      [`# ${markdownText(headlineOf(report))}`],
      [`${facts.join(' · ')}  `, `${counts.join(', ')}  `, page],
    ],
  };
}
