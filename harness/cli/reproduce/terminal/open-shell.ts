import { constants } from 'node:os';
import { GuestError } from '../../../channel/channel-fault.ts';
import { InfraError } from '../../../errors.ts';
import type { FileEntry } from '../../../file-entry.ts';
import { BUSYBOX, TOOL_PROGRAM_FOLDER } from '../../../guest-tools/tool-layout.ts';
import { startTool } from '../../../live-guest/guest-tool.ts';
import { installTools } from '../../../live-guest/install-tools.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import type { SharedFolder } from '../share/shared-folder.ts';
import { type JoinEnd, joinTool } from './join-tool.ts';
import { findPlaces, shellGreeting, shellVariables } from './shell-greeting.ts';
import { sizeOf, type Terminal } from './terminal.ts';

export interface ShellOptions {
  readonly terminal: Terminal;
  /** What `provideTools` has returned. */
  readonly tools: readonly FileEntry[];
  /** What becomes of the guest once the shell has ended, for the greeting: `ends the guest`. */
  readonly leaving: string;
  /** A folder of this host that it is to have. */
  readonly share?: Pick<SharedFolder, 'bring'>;
}

/** A shell could not be had because the guest is gone, or is when this is returned: nobody can say more. */
const LOST = 1;
const SIGNALLED = 128;
/** Of the host's environment: what the terminal can show. */
const OF_THE_TERMINAL = ['TERM', 'COLORTERM', 'LANG', 'LC_ALL'];

/**
 * A shell in the guest, at the developer's terminal, until it is left. The guest's init must answer; the
 * agent need not. Resolves with the shell's exit code, as shells count (128 and the signal's number), or
 * with 1 if the guest was lost or the developer left with Ctrl-]. The caller ends the guest.
 */
export async function openShell(guest: LiveGuest, options: ShellOptions): Promise<number> {
  const { terminal, tools, leaving, share } = options;
  await installTools(guest, tools);
  const shared = await share?.bring(guest);
  const places = { ...(await findPlaces(guest)), ...omitUndefined({ shared }) };
  terminal.output.write(`${shellGreeting(places, leaving).join('\n')}\n`);
  await using tool = await startTool(guest, {
    argv: [`${TOOL_PROGRAM_FOLDER}/sh`, '-i'],
    environment: { ...environmentOf(process.env), ...shellVariables(places) },
    terminal: sizeOf(terminal),
  }).catch((error: unknown) => {
    throw error instanceof GuestError ? notOpened(error) : error;
  });
  const end = await joinTool(tool, terminal);
  terminal.output.write(`${describeEnd(end)}\n`);
  return exitCodeOf(end);
}

function environmentOf(host: NodeJS.ProcessEnv): Record<string, string> {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const kept = OF_THE_TERMINAL.flatMap((name) => {
    const value = host[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: `${TOOL_PROGRAM_FOLDER}:${path}`,
    HOME: '/tmp',
    SHELL: BUSYBOX,
    PS1: 'kmx:\\w\\$ ',
  };
}

function describeEnd(end: JoinEnd): string {
  switch (end.kind) {
    case 'exited':
      return end.signal === null ? 'the shell has ended' : `the shell was ended by ${end.signal}`;
    case 'left':
      return '\nleft the shell';
    case 'guest-lost':
      return `\nthe shell is gone: ${end.why}`;
  }
}

function exitCodeOf(end: JoinEnd): number {
  if (end.kind !== 'exited') return LOST;
  if (end.signal === null) return end.code ?? LOST;
  const number = constants.signals[end.signal as NodeJS.Signals] as number | undefined;
  return SIGNALLED + (number ?? 0);
}

function notOpened({ code, message }: GuestError): InfraError {
  return new InfraError(`no shell could be started in the guest: ${message}`, {
    code: code === 'UNSUPPORTED' ? 'NO_PSEUDO_TERMINALS' : 'NO_SHELL',
  });
}
