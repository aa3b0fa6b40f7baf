import type { GuestChannel } from '../channel/guest-channel.ts';
import type { AgentExit } from '../channel/messages.ts';
import type { Instance, MachineExit } from '../machine/machine.ts';
import { describeEnd, type ProcessEnd, type UnexpectedEnd } from '../verdict/unexpected-end.ts';
import type { GuestClock } from './guest-clock.ts';
import type { GuestOutput } from './guest-output.ts';
import { endOf, endOfMachine } from './process-end.ts';

/**
 * Watches for everything after which a guest answers no more calls, or its answers are worth nothing, and keeps it
 * as evidence.
 */
export class LossWatch {
  /** Resolves with the reason, one line, once no further call will be answered. */
  readonly lost: Promise<string>;
  readonly #output: GuestOutput;
  readonly #clock: GuestClock;
  readonly #channelLost = Promise.withResolvers<string>();
  readonly #agentExited = Promise.withResolvers<string>();
  readonly #clockFailed = Promise.withResolvers<string>();
  #channel: GuestChannel | undefined;
  #isLost = false;
  #machineEnd: UnexpectedEnd | undefined;
  #agentEnd: ProcessEnd | undefined;
  #silence: string | undefined;
  #hostFault: string | undefined;

  constructor(instance: Instance, output: GuestOutput, clock: GuestClock) {
    this.#output = output;
    this.#clock = clock;
    this.lost = Promise.race([
      instance.exited.then((exit) => this.#noteMachineEnd(exit)),
      this.#channelLost.promise,
      this.#agentExited.promise,
      this.#clockFailed.promise,
      output.agentPanicked.then(() => 'the agent panicked'),
      // A verdict is worth nothing without its evidence.
      output.recordingFailed.then(({ message }) => {
        this.#hostFault = message;
        return message;
      }),
    ]);
    void this.lost.then(() => {
      this.#isLost = true;
    });
  }

  /** Watches another channel instead, as after the guest was saved. */
  watchChannel(channel: GuestChannel): void {
    this.#channel = channel;
    void channel.lost.then(({ message }) => {
      this.#silence = message;
      this.#channelLost.resolve(message);
    });
    void channel.agentExit.then((exit) => this.#noteAgentEnd(exit));
  }

  /** The guest has told its uptime just now. */
  noteUptime(uptimeMs: number): void {
    const fault = this.#clock.compare(uptimeMs, performance.now());
    if (fault === undefined) return;
    this.#hostFault ??= fault;
    this.#clockFailed.resolve(fault);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** How the machine ended, if it did so by itself. */
  get machineEnd(): UnexpectedEnd | undefined {
    return this.#machineEnd;
  }

  /** How the agent ended, if it did so by itself. */
  get agentEnd(): ProcessEnd | undefined {
    return this.#agentEnd;
  }

  /** Why nothing can be measured with this guest; undefined while it can. */
  get hostFault(): string | undefined {
    return this.#hostFault;
  }

  /**
   * Why init is considered silent; undefined if it is not.
   * @param heartbeatTimeoutMs How long init may send no message.
   */
  describeSilence(heartbeatTimeoutMs: number): string | undefined {
    if (this.#silence !== undefined || this.#channel === undefined) return this.#silence;
    const silentMs = Math.round(performance.now() - this.#channel.lastHeardMs);
    return silentMs < heartbeatTimeoutMs ? undefined : `init sent no heartbeat for ${silentMs} ms`;
  }

  #noteMachineEnd(exit: MachineExit): string {
    const end = endOfMachine(exit, this.#output.isRestarting);
    if (!exit.requested) this.#machineEnd = end;
    return `the machine ended: ${describeEnd(end)}`;
  }

  #noteAgentEnd(exit: AgentExit): void {
    const end = endOf(exit);
    this.#agentEnd = end;
    this.#agentExited.resolve(`the agent ended: ${describeEnd(end)}`);
  }
}
