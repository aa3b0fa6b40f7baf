import type { AttemptReport, CellReport } from '../../../report/schema.ts';
import { reasonOf } from '../../../verdict/reason.ts';
import { h } from '../../element.ts';
import { formatDuration } from '../../format.ts';
import { VerdictMark } from '../../verdict-mark.ts';
import type { CellContext } from './cell-context.ts';
import { GuestLink } from './log-link.ts';

/** All tries of a test, in their order. The first that measured anything stands. */
export function AttemptTable({
  cell: { id },
  attempts,
  context: { logs, folder },
}: {
  readonly cell: CellReport;
  readonly attempts: readonly AttemptReport[];
  readonly context: CellContext;
}) {
  const standing = attempts.find(({ verdict }) => verdict !== 'miss') ?? attempts[0];
  return h(
    'table',
    { class: 'attempts' },
    h('caption', null, 'Attempts'),
    h(
      'tbody',
      null,
      attempts.map((attempt, index) => {
        const { verdict, durationMs, guest } = attempt;
        return h(
          'tr',
          null,
          h('th', { scope: 'row' }, index + 1, attempt === standing && ' stands'),
          h('td', null, h(VerdictMark, { verdict })),
          h('td', null, reasonOf(attempt)),
          h('td', { class: 'number' }, formatDuration(durationMs)),
          h(
            'td',
            null,
            guest !== undefined &&
              h(GuestLink, { cell: id, guest, logs: logs.logsOf(id, guest), folder }),
          ),
        );
      }),
    ),
  );
}
