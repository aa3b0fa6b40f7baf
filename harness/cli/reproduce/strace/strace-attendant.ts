import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ChannelFault, GuestError } from '../../../channel/channel-fault.ts';
import type { FileEntry } from '../../../file-entry.ts';
import { TOOL_PROGRAM_FOLDER } from '../../../guest-tools/tool-layout.ts';
import { type GuestTool, startTool } from '../../../live-guest/guest-tool.ts';
import { installTools } from '../../../live-guest/install-tools.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import type { TestAttendant } from '../../../run/cell/attendant.ts';

export interface StraceAttendantOptions {
  /** What `provideTools` has returned for strace. */
  readonly tools: readonly FileEntry[];
  /** An existing folder for the whole output: `strace-GUEST.txt`. */
  readonly folder: string;
  /** A system call as strace prints it, or what it says itself. */
  readonly onLine: (line: string) => void;
  /** There is no trace, and why. */
  readonly onFailure: (why: string) => void;
}

/** strace says so once it sees every thread that the agent has. */
const ATTACHED = /^\S*strace: Process \d+ attached/;

/**
 * Traces the agent's system calls, and those of all processes that it starts, from just before a test uses
 * it until the guest's end. A traced agent is some times slower.
 */
export function straceAttendant(options: StraceAttendantOptions): TestAttendant {
  return {
    async beforeTest({ guest }) {
      try {
        await installTools(guest, options.tools);
        await follow(await startTool(guest, { argv: argvOf(guest) }), guest, options);
      } catch (error) {
        if (!(error instanceof GuestError || error instanceof ChannelFault)) throw error;
        options.onFailure(`strace does not run in the guest: ${error.message}`);
      }
    },
  };
}

function argvOf({ agentPid }: LiveGuest): readonly string[] {
  // Times of day with microseconds, paths and sockets behind descriptors, texts that are long enough for
  // paths of cgroups.
  const options = ['-f', '-tt', '-y', '-s', '256'];
  return [`${TOOL_PROGRAM_FOLDER}/strace`, ...options, '-p', `${agentPid}`];
}

/** Resolves once it has attached, or has ended. */
async function follow(
  tool: GuestTool,
  guest: LiveGuest,
  { folder, onLine, onFailure }: StraceAttendantOptions,
): Promise<void> {
  const file = createWriteStream(join(folder, `strace-${guest.number}.txt`));
  const attached = Promise.withResolvers<void>();
  let hasAttached = false;
  tool.output.pipe(file);
  // A disk that is full must not end the run: the lines are still shown.
  file.on('error', (error) => onFailure(`strace's output is not kept: ${error.message}`));
  const lines = createInterface({ input: tool.output, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    onLine(line);
    if (!ATTACHED.test(line)) return;
    hasAttached = true;
    attached.resolve();
  });
  void tool.ended.then((end) => {
    if (!hasAttached && end.kind === 'exited') {
      onFailure(`strace ended with ${end.signal ?? end.code} before it had attached`);
    }
    attached.resolve();
  });
  void guest.ended.then(() => tool[Symbol.asyncDispose]());
  await attached.promise;
}
