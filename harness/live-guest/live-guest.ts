import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGuest, type Guest } from '../channel/guest.ts';
import { type GuestChannel, openGuestChannel } from '../channel/guest-channel.ts';
import type { AgentExit } from '../channel/messages.ts';
import type { Instance, MachineExit, SavableInstance } from '../machine/machine.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { Limits } from '../matrix/matrix.ts';
import type { AgentLaunch } from '../prepare/agent-files.ts';
import type { CpioEntry } from '../prepare/newc.ts';
import type { Finding } from '../verdict/finding.ts';
import { describeEnd, type ProcessEnd, type UnexpectedEnd } from '../verdict/unexpected-end.ts';
import {
  type Arrival,
  addAgent,
  type BareFacts,
  bringUp,
  bringUpBare,
  GuestStopped,
  refresh,
  type Step,
  type UpGuest,
} from './bring-up.ts';
import { within } from './deadline.ts';
import { type GuestEvidence, watchGuest } from './guest-output.ts';
import { takePicture } from './picture.ts';
import { endOf, endOfReason } from './process-end.ts';
import { formatCommand } from './shell-command.ts';

export interface GuestOrder {
  readonly instance: Instance;
  readonly cgroup: CgroupMode;
  readonly leaveUnmounted: readonly string[];
  readonly agent: AgentLaunch;
  readonly limits: Limits;
  readonly arrival: Arrival;
  /** What the guest's streams carried before it was saved: init counts them from its boot. */
  readonly bytesBefore?: StreamBytes;
  /** Folder for the guest's logs; made here. */
  readonly folder: string;
  /** Told as soon as a finding is recognised, before anything is decided. */
  readonly onFinding: (finding: Finding) => void;
}

/** Bytes of the agents' streams that a host has read. */
export interface StreamBytes {
  readonly stdout: number;
  readonly stderr: number;
}

/** One guest, from its first byte to its end. Disposing of it ends the machine. */
export interface GuestRun extends AsyncDisposable {
  readonly guest: Guest;
  /** The present one: another after the guest was saved. */
  readonly channel: GuestChannel;
  readonly evidence: GuestEvidence;
  readonly agentSocket: string;
  /** Resolves when it is certain that no call will be answered any more. */
  readonly lost: Promise<string>;
  readonly isLost: boolean;
  /** Up to a healthy agent; rejects with what stopped it, at the step that `step` names. */
  start(): Promise<UpGuest>;
  /** The same in two steps: up to where init is ready and nothing is mounted, and the rest. */
  startBare(): Promise<BareFacts>;
  addAgent(facts: BareFacts, files: readonly CpioEntry[]): Promise<UpGuest>;
  readonly step: Step;
  /**
   * Writes it to a folder, as it is, for others to be restored from; then it goes on. Only for a
   * guest of a machine's templates with nobody at its agent's port. Rejects if it could not be
   * saved or does not go on; it is of no more use then.
   */
  save(folder: string): Promise<StreamBytes>;
  /** Waits, within the drain limit, until everything that the guest has said so far was looked at. */
  drain(): Promise<void>;
  /**
   * Where the agent's threads stand, a line each, and more in the guest's folder. For a guest with a
   * call that hangs, after which it is of no more use. The first picture is the only one.
   */
  takePicture(): Promise<string>;
  /** How the machine ended, if it did so by itself. */
  readonly machineEnd: UnexpectedEnd | undefined;
  readonly agentEnd: ProcessEnd | undefined;
  /** Why init can be heard no more, if it cannot though the machine has not ended. */
  readonly silence: string | undefined;
  /** Why the guest's output cannot be kept, if it cannot. */
  readonly hostFault: string | undefined;
}

export function runGuest(order: GuestOrder): GuestRun {
  const { instance, limits } = order;
  mkdirSync(order.folder, { recursive: true });
  writeFileSync(join(order.folder, 'command.txt'), formatCommand(instance.commandLine));
  const evidence = watchGuest(instance, order.folder, limits.consoleBytes, order.onFinding);
  const lostNow = Promise.withResolvers<string>();
  const agentEnded = Promise.withResolvers<AgentExit>();
  let channel = joinChannel();
  const guest = createGuest(
    (method, params, timeoutMs) => channel.call(method, params, timeoutMs),
    limits.callTimeoutMs,
  );
  let step: Step = order.arrival.from === 'boot' ? 'boot' : 'restore';
  let picture: Promise<string> | undefined;
  let agentPid = order.arrival.from === 'L2' ? order.arrival.agentPid : 0;
  let machineEnd: UnexpectedEnd | undefined;
  let agentEnd: ProcessEnd | undefined;
  let silence: string | undefined;
  let hostFault: string | undefined;
  const lost = Promise.race([
    instance.exited.then((exit) => {
      const end = endOfMachine(exit, evidence);
      if (!exit.requested) machineEnd = end;
      return `the machine ended: ${describeEnd(end)}`;
    }),
    lostNow.promise.then((message) => {
      silence = message;
      return message;
    }),
    agentEnded.promise.then((exit) => {
      agentEnd = endOf(exit);
      return `the agent ended: ${describeEnd(agentEnd)}`;
    }),
    evidence.agentPanicked.then(() => 'the agent panicked'),
    // A verdict without its evidence is worth nothing.
    evidence.unkept.then(({ message }) => {
      hostFault = message;
      return message;
    }),
  ]);

  let isLost = false;
  void lost.then(() => {
    isLost = true;
  });
  const toBringUp = {
    ...order,
    guest,
    channel: () => channel,
    agentSocket: instance.agentSocket,
    onStep(next: Step) {
      step = next;
    },
  };

  function joinChannel(): GuestChannel {
    const joined = openGuestChannel(instance.control);
    void joined.lost.then(({ message }) => lostNow.resolve(message));
    void joined.agentExit.then(agentEnded.resolve);
    return joined;
  }

  /** Fails as soon as it is certain that nothing more will come. */
  async function orLost<T>(coming: Promise<T>): Promise<T> {
    const stopped = lost.then((why) => Promise.reject(new GuestStopped(why)));
    // Handled by the race below; it must not count as unhandled when the guest ends later.
    stopped.catch(() => {});
    return await Promise.race([coming, stopped]);
  }

  async function start(coming: Promise<UpGuest>): Promise<UpGuest> {
    const up = await orLost(coming);
    agentPid = up.agentPid;
    return up;
  }

  async function save(folder: string): Promise<StreamBytes> {
    if (!isSavable(instance)) throw new Error('Expected a guest that was started to be saved');
    await guest.request('prepare-to-save', {});
    await instance.pause();
    await instance.save(folder);
    const bytes = { stdout: evidence.stdout.bytes, stderr: evidence.stderr.bytes };
    await instance.resume();
    // In one step: nothing that comes is heard by nobody.
    channel.leave();
    channel = joinChannel();
    await orLost(refresh(toBringUp));
    return bytes;
  }

  return {
    guest,
    get channel() {
      return channel;
    },
    evidence,
    agentSocket: instance.agentSocket,
    lost,
    get isLost() {
      return isLost;
    },
    start: () => start(bringUp(toBringUp, order.arrival)),
    addAgent: (facts, files) => start(addAgent(toBringUp, facts, files)),
    startBare: () => orLost(bringUpBare(toBringUp)),
    save,
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

function isSavable(instance: Instance): instance is SavableInstance {
  return 'save' in instance;
}

/**
 * QEMU's own word says more than its exit code, which is 0 for a guest that panicked, too. What it
 * calls a reset is a panic, unless the kernel says that it was told to.
 */
function endOfMachine(exit: MachineExit, { isRestarting }: GuestEvidence): UnexpectedEnd {
  return exit.reason === undefined ? endOf(exit) : endOfReason(exit.reason, isRestarting);
}

/**
 * Init counts what it has passed on of the agent's streams: having read as much means having seen
 * all that the agent wrote before. A guest that cannot answer is about to end or is stuck; its
 * end, with all streams read, is the better sign then.
 */
async function drain(
  { instance, limits, bytesBefore = { stdout: 0, stderr: 0 } }: GuestOrder,
  guest: Guest,
  evidence: GuestEvidence,
  lost: Promise<string>,
): Promise<void> {
  const asked = guest.request('drain', {}, limits.drainTimeoutMs).then(
    async ({ stdoutBytes, stderrBytes }) => {
      await Promise.all([
        evidence.stdout.waitFor(stdoutBytes - bytesBefore.stdout),
        evidence.stderr.waitFor(stderrBytes - bytesBefore.stderr),
      ]);
      return true;
    },
    () => false,
  );
  const isDrained = await within(asked, limits.drainTimeoutMs);
  if (isDrained) return;
  await within(Promise.all([lost, instance.exited]), limits.drainTimeoutMs);
}
