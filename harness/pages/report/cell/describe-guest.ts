import type { CellReport } from '../../../report/schema.ts';
import { toLine } from '../../../text.ts';
import { formatDuration } from '../../format.ts';
import type { LogGuest } from './page-logs.ts';

type Guest = CellReport['guests'][number];

const ORIGINS: Readonly<Record<Exclude<Guest['from'], 'boot'>, string>> = {
  L1: 'restored with its init ready',
  L2: 'restored with its agent healthy',
};

/** How a guest started and ended, in one line. */
export function describeGuest({ guests, machineKind }: CellReport, guest: LogGuest): string {
  if (guest === 'template') return 'what the guests of this cell were restored from, up to then';
  const found = guests.find(({ number }) => number === guest);
  if (found === undefined) return '';
  const { from, bootMs, end, reason } = found;
  const took = bootMs === undefined ? ', never ready' : ` in ${formatDuration(bootMs)}`;
  const origin = from === 'boot' ? bootedWord(machineKind) : ORIGINS[from];
  return `${origin}${took}, ${describeReason(reason)}${end === undefined ? '' : `; ${toLine(end)}`}`;
}

/** A container has nothing to boot. */
export function bootedWord(kind: CellReport['machineKind']): string {
  return kind === 'container' ? 'started' : 'booted';
}

/** Why it was a fresh guest. */
export function describeReason(reason: string): string {
  return REASONS[reason] ?? reason.replace(/^after-/, 'since the one before had ended in ');
}

const REASONS: Readonly<Record<string, string>> = {
  first: 'the first of its cell',
  retry: 'for a retry',
  resumed: 'since the run was resumed',
  isolation: 'one for each test',
  boot: 'for a test that wants to see a boot',
};
