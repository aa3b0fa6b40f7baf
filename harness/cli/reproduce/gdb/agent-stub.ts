import pTimeout from 'p-timeout';
import { InfraError } from '../../../errors.ts';
import { BUSYBOX, TOOL_PROGRAM_FOLDER } from '../../../guest-tools/tool-layout.ts';
import { startTool } from '../../../live-guest/guest-tool.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { toLine } from '../../../text.ts';
import type { Stub } from './gdb-relay.ts';

/** What gdbserver says; with the rest, it would come between the packets. */
const LOG = '/run/kmx/gdbserver.log';
const ATTACHED = /Attached; pid = \d+/;
const POLL_MS = 50;

/**
 * A gdbserver in the guest, attached to the agent, which it stops. The tools must lie in the guest.
 * Rejects with an InfraError that has gdbserver's own words if it cannot attach, or with a GuestError or
 * ChannelFault.
 */
export async function openAgentStub(guest: LiveGuest): Promise<Stub> {
  const { agentPid, limits } = guest;
  const server = `${TOOL_PROGRAM_FOLDER}/gdbserver --once --attach - ${agentPid} 2>${LOG}`;
  const tool = await startTool(guest, { argv: [BUSYBOX, 'sh', '-c', `exec ${server}`] });
  const { input, output, ended } = tool;
  if (!(await hasAttached())) {
    await tool[Symbol.asyncDispose]();
    throw new InfraError(`gdbserver cannot attach to the agent: ${await readLog()}`, {
      code: 'NO_GDBSERVER',
    });
  }
  return {
    input,
    output,
    async leave() {
      // It then takes its breakpoints out of the agent, and detaches.
      input.end();
      const milliseconds = limits.drainTimeoutMs;
      await pTimeout(ended, { milliseconds, fallback: () => undefined });
      await tool[Symbol.asyncDispose]();
    },
  };

  async function hasAttached(): Promise<boolean> {
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    for (;;) {
      if (ATTACHED.test(await readLog())) return true;
      if (hasEnded) return false;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async function readLog(): Promise<string> {
    return toLine(await guest.client.readFile(LOG).catch(() => ''));
  }
}
