import { count } from '../../../phrases.ts';
import { isBelieved } from '../../../report/confirm-crashes.ts';
import type { CellReport } from '../../../report/schema.ts';
import { h } from '../../element.ts';
import { formatDuration } from '../../format.ts';
import type { CellContext } from './cell-context.ts';
import { bootedWord, describeGuest } from './describe-guest.ts';
import { FindingLines } from './finding-lines.ts';
import { GuestLogs } from './guest-line.ts';
import { LogLink } from './log-link.ts';

type Guest = CellReport['guests'][number];

/** How kmx ends a guest that it has no more use for. */
const ENDED = 'ended by kmx';

/** The guests of a cell: how they came up, and each that is not like the others. */
export function GuestList({
  cell,
  context,
}: {
  readonly cell: CellReport;
  readonly context: CellContext;
}) {
  const { guests, machineKind } = cell;
  if (guests.length === 0) return null;
  const odd = guests.filter((guest) => isOdd(guest, machineKind));
  return [
    h('h3', null, 'Guests'),
    h('p', null, describeGuests(cell)),
    h(TemplateLogs, { cell, context }),
    odd.length > 0 &&
      h(
        'ul',
        { class: 'guests' },
        odd.map(({ number }) =>
          h(
            'li',
            null,
            `Guest ${number}: ${describeGuest(cell, number)}`,
            h(GuestLogs, { cell, guest: number, context }),
          ),
        ),
      ),
  ];
}

/** Booted for a reason, never ready, or ended by something else than kmx. Containers are never restored. */
function isOdd({ from, bootMs, end }: Guest, kind: CellReport['machineKind']): boolean {
  const isBooted = from === 'boot' && kind !== 'container';
  return isBooted || bootMs === undefined || (end !== undefined && end !== ENDED);
}

/** `1 booted in 6.22 s, 34 restored in 0.34 s to 0.98 s.` */
function describeGuests({ guests, machineKind }: CellReport): string {
  const booted = guests.filter(({ from }) => from === 'boot');
  const restored = guests.filter(({ from }) => from !== 'boot');
  const parts = [
    ...(booted.length > 0
      ? [`${booted.length} ${bootedWord(machineKind)}${sayTimes(booted)}`]
      : []),
    ...(restored.length > 0 ? [`${restored.length} restored${sayTimes(restored)}`] : []),
  ];
  return `${count(guests.length, 'guest')}: ${parts.join(', ')}.`;
}

function sayTimes(guests: readonly Guest[]): string {
  const times = guests.flatMap(({ bootMs }) => bootMs ?? []).toSorted((one, other) => one - other);
  const [least, most] = [times[0], times.at(-1)];
  if (least === undefined || most === undefined) return '';
  const [from, to] = [formatDuration(least), formatDuration(most)];
  return from === to ? ` in ${from}` : ` in ${from} to ${to}`;
}

function TemplateLogs({
  cell: { id },
  context: { logs, folder },
}: {
  readonly cell: CellReport;
  readonly context: CellContext;
}) {
  const own = logs.logsOf(id, 'template');
  if (own.length === 0) return null;
  return h(
    'p',
    null,
    'What they were restored from, up to then: ',
    own.map((log, index) => [
      index > 0 && ' · ',
      h(LogLink, { cell: id, guest: 'template', log, folder }),
    ]),
  );
}

/** Findings that no test claimed. */
export function LooseFindings({
  cell,
  context,
}: {
  readonly cell: CellReport;
  readonly context: CellContext;
}) {
  if (cell.findings.length === 0) return null;
  return [
    h('h3', null, 'Seen outside of tests'),
    cell.findings.map((loose) => {
      const { guest, finding, isExpected, isVoid, isUnconfirmed } = loose;
      return h(
        'div',
        { class: 'loose' },
        h(
          'p',
          null,
          `Guest ${guest}, ${finding.class}`,
          isExpected === true && ': known',
          isVoid === true && ': does not count, since what executed the guest was at fault',
          isUnconfirmed === true && ': does not count, since no booted guest showed it',
          isBelieved(loose) && isExpected !== true && ': not expected',
        ),
        h(FindingLines, { cell: cell.id, guest, finding, context }),
      );
    }),
  ];
}
