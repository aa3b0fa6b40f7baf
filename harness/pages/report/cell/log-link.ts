import { h } from '../../element.ts';
import { folderAddress } from '../../folder-link.ts';
import { linkTo, logAddress } from '../addresses.ts';
import { guestFolder, type LogGuest, type PageLog } from './page-logs.ts';

/**
 * A link to the file of a log. If the log is on the page, the script opens it there instead.
 */
export function LogLink({
  cell,
  guest,
  log: { name, path, isPacked },
  folder,
}: {
  readonly cell: string;
  readonly guest: LogGuest;
  readonly log: PageLog;
  readonly folder: string | undefined;
}) {
  const file = folderAddress(folder, path);
  const place = isPacked ? linkTo(logAddress(cell, guest, name)) : undefined;
  if (file === undefined && place === undefined) return h('span', null, name);
  return h('a', { href: file ?? place, 'data-log': place }, name);
}

/** A guest's number, which leads to its folder, or to its logs on the page. */
export function GuestLink({
  cell,
  guest,
  logs,
  folder,
}: {
  readonly cell: string;
  readonly guest: number;
  readonly logs: readonly PageLog[];
  readonly folder: string | undefined;
}) {
  const address = folderAddress(folder, guestFolder(cell, guest));
  const packed = logs.find(({ isPacked }) => isPacked);
  const place = packed && linkTo(logAddress(cell, guest, packed.name));
  const name = `guest ${guest}`;
  if (address === undefined && place === undefined) return h('span', { class: 'guest' }, name);
  const href = address === undefined ? place : `${address}/`;
  // Short, since there are many: the script knows the cell.
  const inCell = packed && `${guest}/${packed.name}`;
  return h(
    'a',
    { class: 'guest', href, 'data-log': inCell, 'aria-label': `guest ${guest}` },
    guest,
  );
}
