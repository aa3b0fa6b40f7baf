import type { Finding } from '../../../verdict/finding.ts';
import type { PackedMark } from '../../client/packed-logs.ts';

/** A guest of a cell, or the one that the others were restored from. */
export type LogGuest = number | 'template';

/** What the page has of the logs of a run. */
export interface PageLogs {
  /** Logs that have a file with something in it, or are on the page. */
  logsOf(cell: string, guest: LogGuest): readonly PageLog[];
  /** Where a finding is in its log, with the lines around it; undefined if the log could not be read. */
  excerptOf(cell: string, guest: number, finding: LoggedFinding): LogExcerpt | undefined;
  readonly packs: readonly LogPack[];
  /** One sentence for readers, if logs are left out for want of room. */
  readonly note?: string;
}

export type LoggedFinding = Pick<Finding, 'source' | 'start' | 'end' | 'title'>;

export interface PageLog {
  /** As in addresses. */
  readonly name: string;
  /** In the run's folder. */
  readonly path: readonly string[];
  /** It can be read on the page itself. */
  readonly isPacked: boolean;
}

export interface LogExcerpt extends Omit<PackedMark, 'title'> {
  readonly lines: readonly NumberedLine[];
}

export interface NumberedLine {
  /** In the file, counted from 1. */
  readonly number: number;
  readonly text: string;
}

/** Logs of guests of one cell: deflated JSON in base64, see `client/packed-logs.ts`. */
export interface LogPack {
  readonly cell: string;
  readonly data: string;
}

/** Files of a guest, by the name that addresses use, in the order in which readers want them. */
export const LOG_FILES: Readonly<Record<string, string>> = {
  console: 'console.log',
  'agent-stderr': 'agent-stderr.log',
  'agent-stdout': 'agent-stdout.log',
  picture: 'picture.txt',
  command: 'command.txt',
};

/** The log that a finding is in; undefined for what QEMU or init said, which have none. */
export function logOf({ source }: Pick<Finding, 'source'>): string | undefined {
  return source in LOG_FILES ? source : undefined;
}

/** The folder of a guest's logs, in the run's. */
export function guestFolder(cell: string, guest: LogGuest): readonly string[] {
  return ['cells', cell, guest === 'template' ? guest : `guest-${guest}`];
}
