import type { CellReport } from '../../../report/schema.ts';
import { h } from '../../element.ts';
import { Name } from '../../name.ts';
import { VerdictMark } from '../../verdict-mark.ts';
import { cellAddress, testAddress } from '../addresses.ts';
import type { ReportContext } from '../report-context.ts';

/** Everything about one cell, folded. */
export function CellSection({
  cell: { id, verdict, tests },
}: {
  readonly cell: CellReport;
  readonly context: ReportContext;
}) {
  return h(
    'details',
    { id: cellAddress(id), class: 'cell', 'data-verdict': verdict },
    h('summary', null, h(Name, null, id), ' ', h(VerdictMark, { verdict })),
    h(
      'ul',
      null,
      tests.map((test) =>
        h(
          'li',
          { id: testAddress(id, test), 'data-verdict': test.verdict },
          h(VerdictMark, { verdict: test.verdict }),
          ' ',
          test.title,
        ),
      ),
    ),
  );
}
