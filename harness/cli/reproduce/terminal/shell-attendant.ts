import { ChannelFault, GuestError } from '../../../channel/channel-fault.ts';
import { InfraError } from '../../../errors.ts';
import type { FileEntry } from '../../../file-entry.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import type { TestAttendant } from '../../../run/cell/attendant.ts';
import type { ShellTime } from '../debug-options.ts';
import { openShell, type ShellOptions } from './open-shell.ts';
import type { Terminal } from './terminal.ts';

export interface ShellAttendantOptions {
  readonly time: ShellTime;
  readonly terminal: Terminal;
  readonly tools: readonly FileEntry[];
  readonly share?: ShellOptions['share'];
  /** Aborts the run: what the shell was opened for is over. */
  readonly endRun: () => void;
  /** Whoever else writes to the terminal is to be silent from the first call to the second. */
  readonly onShell?: (isOpen: boolean) => void;
}

const LEAVING: Readonly<Record<ShellTime, string>> = {
  instead: 'ends the guest',
  before: 'lets the test go on in it',
  'on-failure': 'ends the guest',
};

/** Opens a shell in the guest of each test, at the time that the user has asked for. */
export function shellAttendant(options: ShellAttendantOptions): TestAttendant {
  const { time, terminal, tools, share, endRun, onShell } = options;
  async function open(guest: LiveGuest): Promise<void> {
    onShell?.(true);
    try {
      const shown = { terminal, tools, leaving: LEAVING[time] };
      await openShell(guest, { ...shown, ...omitUndefined({ share }) });
    } catch (error) {
      const why = whyNot(error);
      if (why === undefined) throw error;
      terminal.output.write(`no shell: ${why}\n`);
    } finally {
      onShell?.(false);
    }
  }
  if (time === 'on-failure') return { atFailure: async ({ guest }) => await open(guest) };
  return {
    async beforeTest({ guest }) {
      await open(guest);
      if (time === 'before') return;
      endRun();
      // The test must not begin while the run ends.
      await new Promise(() => {});
    },
  };
}

/** The guest may be gone: its kernel has panicked, for instance. Undefined for a bug of ours. */
function whyNot(error: unknown): string | undefined {
  const isKnown =
    error instanceof ChannelFault || error instanceof GuestError || error instanceof InfraError;
  return isKnown ? error.message : undefined;
}
