import type { TestReport } from '../../../report/schema.ts';
import { h } from '../../element.ts';
import { safeLink } from '../../safe-link.ts';
import type { CellContext } from './cell-context.ts';
import { describeJudgement } from './describe-judgement.ts';

/** What expectations say of a test, with the entry's reason, link, owner and expiry. */
export function JudgementNote({
  test,
  context: { expectations, report },
}: {
  readonly test: TestReport;
  readonly context: CellContext;
}) {
  const { line } = test.judgement ?? {};
  const entry = line === undefined ? undefined : expectations.get(line);
  const said = describeJudgement(test, entry, report.expectationsFile);
  if (said === undefined) return null;
  return h(
    'div',
    { class: 'judgement' },
    h('p', null, said),
    entry !== undefined &&
      h(
        'p',
        { class: 'quiet' },
        entry.reason,
        entry.owner !== undefined && ` · ${entry.owner}`,
        ` · until ${entry.expires}`,
        entry.link !== undefined && [' · ', h(EntryLink, { link: entry.link })],
      ),
  );
}

function EntryLink({ link }: { readonly link: string }) {
  const href = safeLink(link);
  return href === undefined ? link : h('a', { href, rel: 'noreferrer' }, link);
}
