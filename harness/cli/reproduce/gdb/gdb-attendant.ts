import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChannelFault, GuestError } from '../../../channel/channel-fault.ts';
import { InfraError } from '../../../errors.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import type { AttendedTest, TestAttendant } from '../../../run/cell/attendant.ts';
import { quoteWord } from '../../../shell-command.ts';
import { shownFolder } from '../../shown-folder.ts';
import { type GdbRelay, type OpenStub, openGdbRelay } from './gdb-relay.ts';

/** What is debugged in a guest. */
export interface GdbTarget {
  /** `agent` or `kernel`. */
  readonly name: string;
  readonly openStub: OpenStub;
  /** Commands for gdb that connect it to this socket. */
  readonly script: (socket: string) => string;
  /** What a developer is to know about it, a sentence each. */
  readonly notes: readonly string[];
}

export interface GdbAttendantOptions {
  /** Gets the guest ready. May reject with an InfraError, a GuestError or a ChannelFault. */
  readonly findTarget: (at: AttendedTest) => Promise<GdbTarget>;
  /** An existing folder for gdb's commands. */
  readonly folder: string;
  /** Tells the user something. */
  readonly say: (sentence: string) => void;
  /** Shows a command, which must stay in one line. */
  readonly showCommand: (command: string) => void;
}

/**
 * Holds each test before it begins until a debugger has connected and let the target run, and when it has
 * failed, for as long as a debugger is connected. The run's limits are to be those of `debuggerLimits`.
 */
export function gdbAttendant(options: GdbAttendantOptions): TestAttendant {
  const { findTarget, folder, say, showCommand } = options;
  let relay: GdbRelay | undefined;

  async function open(at: AttendedTest): Promise<GdbRelay> {
    const target = await findTarget(at);
    const opened = await openGdbRelay(target.openStub, {
      onConnect: () => say(`gdb is connected, and the ${target.name} is stopped`),
      onLeave: () => say(`gdb has left, and the ${target.name} goes on`),
      onRefused: (error) => say(`gdb was turned away: ${whyNot(error)}`),
    });
    const file = join(folder, `gdb-${target.name}-${at.guest.number}.gdb`);
    await writeFile(file, target.script(opened.path));
    for (const note of target.notes) say(note);
    say('the test waits for gdb; in another terminal:');
    showCommand(`gdb -x ${quoteWord(shownFolder(file))}`);
    say("'continue' in gdb lets the test begin");
    return opened;
  }

  return {
    async beforeTest(at) {
      await relay?.[Symbol.asyncDispose]();
      relay = undefined;
      try {
        relay = await open(at);
      } catch (error) {
        say(`no gdb: ${whyNot(error)}`);
        return;
      }
      const { guest } = at;
      closeWith(guest, relay);
      await Promise.race([relay.released, guest.lost]);
    },
    async atFailure({ guest }) {
      if (relay === undefined || !relay.isInUse) return;
      say('the test has failed; its guest is kept until gdb leaves');
      await Promise.race([relay.untilAlone(), guest.ended]);
    },
  };
}

function closeWith(guest: LiveGuest, relay: GdbRelay): void {
  void guest.ended.then(() => relay[Symbol.asyncDispose]());
}

/** Throws what is a bug of ours. */
function whyNot(error: unknown): string {
  if (error instanceof ChannelFault) return `the guest does not answer: ${error.message}`;
  if (error instanceof GuestError || error instanceof InfraError) return error.message;
  throw error;
}
