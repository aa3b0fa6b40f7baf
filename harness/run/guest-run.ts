import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAgent } from '../agents/connect.ts';
import { createGuest, type Guest } from '../channel/guest.ts';
import { type GuestChannel, openGuestChannel } from '../channel/guest-channel.ts';
import type { GuestFacts } from '../events.ts';
import type { Instance, MachineExit } from '../machine/machine.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { Limits } from '../matrix/matrix.ts';
import type { AgentLaunch } from '../prepare/agent-files.ts';
import type { UnexpectedEnd } from '../verdict/decide.ts';
import type { Finding } from '../verdict/finding.ts';
import { within } from './deadline.ts';
import { type GuestEvidence, watchGuest } from './guest-evidence.ts';
import { takePicture } from './guest-picture.ts';
import { endOf } from './process-end.ts';
import { formatCommand } from './shell-command.ts';

export interface GuestOrder {
  readonly instance: Instance;
  readonly cgroup: CgroupMode;
  readonly leaveUnmounted: readonly string[];
  readonly agent: AgentLaunch;
  readonly limits: Limits;
  /** Folder for the guest's logs; made here. */
  readonly folder: string;
  /** Told as soon as a finding is recognised, before anything is decided. */
  readonly onFinding: (finding: Finding) => void;
}

/** How far a guest came: each step needs the one before. */
export type Step = 'boot' | 'facts' | 'cgroups' | 'agent start' | 'agent health';

/** One guest, from its first byte to its end. Disposing of it ends the machine. */
export interface GuestRun extends AsyncDisposable {
  readonly guest: Guest;
  readonly channel: GuestChannel;
  readonly evidence: GuestEvidence;
  readonly agentSocket: string;
  /** Resolves when it is certain that no call will be answered any more. */
  readonly lost: Promise<string>;
  /** Brings it up to a healthy agent; rejects with what stopped it, at the step that `step` names. */
  start(): Promise<GuestFacts>;
  readonly step: Step;
  /**
   * Waits until the guest has noticed that the last connection to the agent is closed. A new one
   * before that would be taken for the old one, and answers would get lost.
   */
  freeAgentPort(): Promise<void>;
  /** Waits, within the drain limit, until everything that the guest has said so far was looked at. */
  drain(): Promise<void>;
  /**
   * Where the agent's threads stand, a line each, and more in the guest's folder. For a guest with a
   * call that hangs, after which it is of no more use. The first picture is the only one.
   */
  takePicture(): Promise<string>;
  /** How the machine ended, if it did so by itself. */
  readonly machineEnd: UnexpectedEnd | undefined;
  readonly agentEnd: UnexpectedEnd | undefined;
  /** Why init can be heard no more, if it cannot though the machine has not ended. */
  readonly silence: string | undefined;
  /** Why the guest's output cannot be kept, if it cannot. */
  readonly hostFault: string | undefined;
}

const HEALTH_RETRY_MS = 100;
const PORT_RETRY_MS = 5;

export function runGuest(order: GuestOrder): GuestRun {
  const { instance, limits } = order;
  mkdirSync(order.folder, { recursive: true });
  writeFileSync(join(order.folder, 'command.txt'), formatCommand(instance.commandLine));
  const evidence = watchGuest(instance, order.folder, limits.consoleBytes, order.onFinding);
  const channel = openGuestChannel(instance.control);
  const guest = createGuest(channel.call, limits.callTimeoutMs);
  let step: Step = 'boot';
  let picture: Promise<string> | undefined;
  let agentPid = 0;
  let machineEnd: UnexpectedEnd | undefined;
  let agentEnd: UnexpectedEnd | undefined;
  let silence: string | undefined;
  let hostFault: string | undefined;
  const lost = Promise.race([
    instance.exited.then((exit) => {
      const end = endOfMachine(exit, evidence);
      if (!exit.requested) machineEnd = end;
      return `the machine ended: ${end.how}`;
    }),
    channel.lost.then(({ message }) => {
      silence = message;
      return message;
    }),
    channel.agentExit.then((exit) => {
      agentEnd = endOf(exit);
      return `the agent ended: ${agentEnd.how}`;
    }),
    evidence.agentPanicked.then(() => 'the agent panicked'),
    // A verdict without its evidence is worth nothing.
    evidence.unkept.then(({ message }) => {
      hostFault = message;
      return message;
    }),
  ]);

  async function start(): Promise<GuestFacts> {
    const stopped = lost.then((why) => Promise.reject(new GuestStopped(why)));
    // Handled by the race below; it must not count as unhandled when the guest ends later.
    stopped.catch(() => {});
    return await Promise.race([bringUp(), stopped]);
  }

  async function bringUp(): Promise<GuestFacts> {
    const hello = await within(channel.hello, limits.bootTimeoutMs);
    if (hello === undefined)
      throw new GuestStopped(`init said nothing for ${limits.bootTimeoutMs} ms`);
    step = 'facts';
    const probed = await guest.request('facts', {}, limits.bootTimeoutMs);
    step = 'cgroups';
    const { cgroup: mode, leaveUnmounted, agent } = order;
    const { controllers } = await guest.request('mount-cgroups', { mode, leaveUnmounted });
    step = 'agent start';
    const started = await guest.request('start-agent', {
      argv: agent.argv,
      env: agent.environment,
      socket: agent.socket,
    });
    agentPid = started.pid;
    step = 'agent health';
    await waitForHealth();
    await freeAgentPort();
    const { procCgroups: _, configGz: __, ...facts } = probed;
    return { ...facts, cgroup: mode, controllers };
  }

  async function waitForHealth(): Promise<void> {
    const deadlineMs = performance.now() + limits.bootTimeoutMs;
    let lastError: unknown;
    while (performance.now() < deadlineMs) {
      await using agent = connectAgent({ socketPath: instance.agentSocket, limits });
      try {
        await agent.check();
        return;
      } catch (error) {
        lastError = error;
        await sleep(HEALTH_RETRY_MS);
      }
    }
    const last = lastError instanceof Error ? `; at last: ${lastError.message}` : '';
    throw new GuestStopped(
      `the agent answered no health call in ${limits.bootTimeoutMs} ms${last}`,
      lastError,
    );
  }

  async function freeAgentPort(): Promise<void> {
    while ((await guest.request('relay', {})).state !== 'no-host') await sleep(PORT_RETRY_MS);
  }

  return {
    guest,
    channel,
    evidence,
    agentSocket: instance.agentSocket,
    lost,
    start,
    get step() {
      return step;
    },
    get machineEnd() {
      return machineEnd;
    },
    get agentEnd() {
      return agentEnd;
    },
    get silence() {
      const silentMs = Math.round(performance.now() - channel.lastHeardMs);
      if (silence !== undefined || silentMs < limits.heartbeatTimeoutMs) return silence;
      return `init sent no heartbeat for ${silentMs} ms`;
    },
    get hostFault() {
      return hostFault;
    },
    freeAgentPort,
    drain: () => drain(order, guest, evidence, lost),
    takePicture() {
      const { folder } = order;
      picture ??= takePicture({ guest, agentPid, folder, timeoutMs: limits.drainTimeoutMs });
      return picture;
    },
    async [Symbol.asyncDispose]() {
      channel.close();
      await instance[Symbol.asyncDispose]();
      await evidence.ended;
    },
  };
}

/**
 * QEMU's own word says more than its exit code, which is 0 for a guest that panicked, too. What it
 * calls a reset is a panic, unless the kernel says that it was told to.
 */
function endOfMachine(exit: MachineExit, { isRestarting }: GuestEvidence): UnexpectedEnd {
  if (exit.reason === undefined) return endOf(exit);
  const isReboot = exit.reason === 'guest-reset' && isRestarting;
  return { how: isReboot ? 'guest-reboot' : exit.reason, isSignal: false };
}

/** A guest that did not come up, or went away while it did. */
export class GuestStopped extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GuestStopped';
  }
}

/**
 * Init counts what it has passed on of the agent's streams: having read as much means having seen
 * all that the agent wrote before. A guest that cannot answer is about to end or is stuck; its
 * end, with all streams read, is the better sign then.
 */
async function drain(
  { instance, limits }: GuestOrder,
  guest: Guest,
  evidence: GuestEvidence,
  lost: Promise<string>,
): Promise<void> {
  const asked = guest.request('drain', {}, limits.drainTimeoutMs).then(
    async ({ stdoutBytes, stderrBytes }) => {
      await Promise.all([
        evidence.stdout.waitFor(stdoutBytes),
        evidence.stderr.waitFor(stderrBytes),
      ]);
      return true;
    },
    () => false,
  );
  const isDrained = await within(asked, limits.drainTimeoutMs);
  if (isDrained) return;
  await within(Promise.all([lost, instance.exited]), limits.drainTimeoutMs);
}
