import { Fragment } from 'preact';
import type { CellReport } from '../../../report/schema.ts';
import { formatCommand } from '../../../shell-command.ts';
import { h } from '../../element.ts';
import { FolderLink } from '../../folder-link.ts';
import type { CellContext } from './cell-context.ts';
import { Copyable } from './copyable.ts';
import { describeGuest } from './describe-guest.ts';
import { LogLink } from './log-link.ts';
import { guestFolder } from './page-logs.ts';

interface GuestProps {
  readonly cell: CellReport;
  readonly guest: number;
  readonly context: CellContext;
}

/** A guest in one line, its logs, and the command that started it. */
export function GuestLine({ cell, guest, context }: GuestProps) {
  const command = cell.guests.find(({ number }) => number === guest)?.command;
  const isPacked = context.logs.logsOf(cell.id, guest).some((log) => log.isPacked);
  return h(
    'div',
    { class: 'guest-line' },
    h(
      'p',
      null,
      h('strong', null, `Guest ${guest}`),
      ` ${describeGuest(cell, guest)}`,
      h(GuestLogs, { cell, guest, context }),
    ),
    // Else it is among the logs.
    command !== undefined &&
      !isPacked &&
      h(
        'details',
        { class: 'stack' },
        h('summary', null, 'How it was started'),
        h(Copyable, {
          text: formatCommand(command).trimEnd(),
          label: `command that started guest ${guest}`,
        }),
      ),
  );
}

/** Links to its logs, with those of what it was restored from. */
export function GuestLogs({ cell: { id, guests }, guest, context: { logs, folder } }: GuestProps) {
  const own = logs.logsOf(id, guest);
  const isRestored = guests.some(({ number, from }) => number === guest && from !== 'boot');
  const boot = isRestored
    ? logs.logsOf(id, 'template').find(({ name }) => name === 'console')
    : undefined;
  return h(
    Fragment,
    null,
    own.map((log) => [' · ', h(LogLink, { cell: id, guest, log, folder })]),
    boot !== undefined && [
      ' · its boot: ',
      h(LogLink, { cell: id, guest: 'template', log: boot, folder }),
    ],
    own.length > 0 &&
      folder !== undefined && [
        ' · ',
        h(FolderLink, { folder, path: guestFolder(id, guest) }, 'all files'),
      ],
  );
}
