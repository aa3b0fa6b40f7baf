import { count, renderFirst } from '../../../phrases.ts';
import type { CellReport } from '../../../report/schema.ts';
import { h } from '../../element.ts';
import { kernelAddress, linkTo } from '../addresses.ts';
import type { CellContext } from './cell-context.ts';
import { BOOT_PARAMETERS, type CellFact } from './neighbours.ts';

/** Names of neighbours in a row. */
const NAMES_MAX = 4;
/** What they have, each once. */
const VALUES_MAX = 3;

/** What the cell is: first what differs from cells that are the same but for one axis, then the rest. */
export function CellFacts({
  cell,
  context,
}: {
  readonly cell: CellReport;
  readonly context: CellContext;
}) {
  const facts = context.neighbours.factsOf(cell);
  const differing = facts.filter(({ elsewhere }) => elsewhere.length > 0);
  const same = facts.filter(
    ({ name, elsewhere }) => elsewhere.length === 0 && name !== BOOT_PARAMETERS,
  );
  const hasOwn = context.report.kernels.some(({ name }) => name === cell.kernel);
  return [
    h('h3', null, 'Guest and kernel'),
    h(
      'p',
      { class: 'quiet' },
      hasOwn && [
        h('a', { href: linkTo(kernelAddress(cell.kernel)) }, `kernel ${cell.kernel}`),
        ' · ',
      ],
      `${cell.machine}, ${cell.agentKind} agent`,
    ),
    cell.facts !== undefined &&
      h('p', null, 'Boot parameters: ', h('code', null, cell.facts.cmdline)),
    cell.facts === undefined && h('p', null, 'No guest came up, so that nothing is known of it.'),
    differing.length > 0 &&
      h(
        'table',
        { class: 'facts' },
        h('caption', null, 'What differs from cells that have all but one axis in common'),
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            h('th', { scope: 'col' }, 'fact'),
            h('th', { scope: 'col' }, 'here'),
            h('th', { scope: 'col' }, 'elsewhere'),
          ),
        ),
        h(
          'tbody',
          null,
          differing.map((fact) => h(FactRow, { fact })),
        ),
      ),
    same.length > 0 &&
      h(
        'details',
        { class: 'same' },
        h(
          'summary',
          null,
          differing.length > 0
            ? `${count(same.length, 'fact')} that its neighbours share`
            : count(same.length, 'fact'),
        ),
        h(
          'pre',
          { class: 'lines', tabIndex: 0, role: 'group', 'aria-label': 'facts' },
          // One text: a page has so many cells that a table for each would make it slow.
          same.map(({ name, value }) => `${name}: ${value ?? 'none'}\n`).join(''),
        ),
      ),
  ];
}

function FactRow({ fact: { name, value, elsewhere } }: { readonly fact: CellFact }) {
  return h(
    'tr',
    null,
    h('th', { scope: 'row' }, name),
    h('td', null, h(FactValue, { value })),
    elsewhere.length > 0 &&
      h(
        'td',
        null,
        elsewhere
          .slice(0, VALUES_MAX)
          .map((other) =>
            h(
              'div',
              null,
              h(FactValue, { value: other.value }),
              h('span', { class: 'quiet' }, ` ${renderFirst(other.where, NAMES_MAX).join(', ')}`),
            ),
          ),
        elsewhere.length > VALUES_MAX &&
          h(
            'div',
            { class: 'quiet' },
            `… and ${count(elsewhere.length - VALUES_MAX, 'other value')}`,
          ),
      ),
  );
}

function FactValue({ value }: { readonly value: string | undefined }) {
  return value === undefined ? h('span', { class: 'quiet' }, 'none') : h('code', null, value);
}
