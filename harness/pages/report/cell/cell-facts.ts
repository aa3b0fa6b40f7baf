import { buildOf } from '../../../matrix/cell.ts';
import { count, renderFirst } from '../../../phrases.ts';
import {
  describeKernelLog,
  describePrivileges,
  describeSharedKernel,
} from '../../../report/container-words.ts';
import { describeMachine, machineOf } from '../../../report/describe-machines.ts';
import type { CellReport } from '../../../report/schema.ts';
import { whySkipped } from '../../../report/skipped-cell.ts';
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
  const kernel = buildOf(cell);
  const hasOwn = context.report.kernels.some(({ name }) => name === kernel);
  return [
    h('h3', null, 'Guest and kernel'),
    h(
      'p',
      { class: 'quiet' },
      hasOwn && [h('a', { href: linkTo(kernelAddress(kernel)) }, `kernel ${kernel}`), ' · '],
      `${sayMachine(cell, context)}, ${cell.agentKind} agent`,
    ),
    h(ContainerNote, { cell, context }),
    cell.facts !== undefined &&
      h(
        'p',
        null,
        cell.machineKind === 'container' ? 'Boot parameters of the host: ' : 'Boot parameters: ',
        h('code', null, cell.facts.cmdline),
      ),
    cell.facts === undefined && h('p', null, sayWhyUnknown(cell)),
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

/** `qemu: QEMU 7.2.22 tcg`; the name alone of a machine that the host could not provide. */
function sayMachine(cell: CellReport, { report }: CellContext): string {
  const machine = machineOf(report.host, cell);
  return machine === undefined ? cell.machine : `${cell.machine}: ${describeMachine(machine)}`;
}

function sayWhyUnknown(cell: CellReport): string {
  return whySkipped(cell) === undefined
    ? 'No guest came up, so that nothing is known of it.'
    : 'No guest was started: this host cannot run the cell as it is meant.';
}

/** What a cell in containers can claim. */
function ContainerNote({
  cell,
  context: { report },
}: {
  readonly cell: CellReport;
  readonly context: CellContext;
}) {
  const machine = machineOf(report.host, cell);
  if (machine?.kind !== 'container' || whySkipped(cell) !== undefined) return null;
  return h(
    'ul',
    { class: 'claims' },
    h('li', null, describeSharedKernel(report.host)),
    h('li', null, describeKernelLog(machine)),
    h('li', null, describePrivileges(machine)),
  );
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
