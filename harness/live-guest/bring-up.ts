/** The steps from a guest's first sign of life to a healthy agent. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import type { ConnectAgent } from '../agents/agent.ts';
import type { Guest } from '../channel/guest.ts';
import type { GuestChannel } from '../channel/guest-channel.ts';
import type { ResultOf } from '../channel/messages.ts';
import type { FileEntry } from '../file-entry.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { Limits } from '../matrix/matrix.ts';
import type { AgentLaunch } from '../prepare/agent-files.ts';
import { installFiles } from './install-files.ts';
import { type SaidFacts, splitFacts } from './said-facts.ts';

/** The steps of bringing a guest up, in order, by the name that reports use. */
export type Step =
  | 'boot'
  | 'restore'
  | 'facts'
  | 'install'
  | 'cgroups'
  | 'agent start'
  | 'agent health';

/** What is to be set up in a guest. */
export interface GuestSetup {
  readonly cgroup: CgroupMode;
  readonly leaveUnmounted: readonly string[];
  readonly agent: AgentLaunch;
  /** Connects to the agent in its own protocol. */
  readonly connectAgent: ConnectAgent;
}

/** How bring-up reaches the guest. */
export interface GuestAccess {
  readonly client: Guest;
  /** The current one: it is replaced when the guest is saved. */
  readonly channel: Pick<GuestChannel, 'hello' | 'call' | 'lost'>;
  readonly agentSocket: string;
}

/** The guest did not come up, or was lost while it did. */
export class GuestStopped extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GuestStopped';
  }
}

/** An agent in a container listens within some milliseconds, one in an emulated guest does not. */
const HEALTH_RETRY_MS = { first: 5, most: 100 };
const PORT_RETRY_MS = 5;
const SEED_BYTES = 32;

/** Brings one guest up, step by step. Each method rejects with what went wrong, at `step`. */
export class BringUp {
  readonly #access: GuestAccess;
  readonly #setup: GuestSetup;
  readonly #limits: Limits;
  #step: Step;
  #packedConfig: Buffer | undefined;

  constructor(access: GuestAccess, setup: GuestSetup, limits: Limits, firstStep: Step) {
    this.#access = access;
    this.#setup = setup;
    this.#limits = limits;
    this.#step = firstStep;
  }

  get step(): Step {
    return this.#step;
  }

  /** The guest's `/proc/config.gz`, once it was asked for facts; undefined if it has none. */
  get packedConfig(): Buffer | undefined {
    return this.#packedConfig;
  }

  /** Boots the guest up to the point where init is ready and nothing is mounted. */
  async boot(): Promise<SaidFacts> {
    const { bootTimeoutMs } = this.#limits;
    if ((await this.#hello(bootTimeoutMs)) === undefined) {
      throw new GuestStopped(`init said nothing for ${bootTimeoutMs} ms`);
    }
    this.#step = 'facts';
    return await this.probeFacts(bootTimeoutMs);
  }

  /** What the guest reports about itself, without what is too long for a report. */
  async probeFacts(timeoutMs: number): Promise<SaidFacts> {
    const answer = await this.#access.client.request('facts', {}, timeoutMs);
    this.#packedConfig = answer.configGz;
    return splitFacts(answer);
  }

  /**
   * For a guest that was saved, whether restored or continued: sets its clock and gives it random
   * numbers of its own.
   */
  async refresh(): Promise<void> {
    const { callTimeoutMs } = this.#limits;
    const seed = randomBytes(SEED_BYTES).toString('base64');
    await this.#access.client.request('restored', { unixTimeMs: Date.now(), seed });
    if ((await this.#hello(callTimeoutMs)) !== undefined) return;
    throw new GuestStopped(`init did not say hello within ${callTimeoutMs} ms`);
  }

  /**
   * Mounts the cgroup mode and starts the agent.
   * @param files Files that are not in the guest's initramfs.
   * @returns The agent's pid, and the controllers that are offered to it.
   */
  async addAgent(
    files: readonly FileEntry[],
  ): Promise<{ readonly agentPid: number; readonly controllers: readonly string[] }> {
    const { client } = this.#access;
    const { cgroup: mode, leaveUnmounted, agent } = this.#setup;
    this.#step = 'install';
    await installFiles(this.#access.channel, files, this.#limits.bootTimeoutMs);
    this.#step = 'cgroups';
    const { controllers } = await client.request('mount-cgroups', { mode, leaveUnmounted });
    this.#step = 'agent start';
    const { pid } = await client.request('start-agent', {
      argv: agent.argv,
      env: agent.environment,
      socket: agent.socket,
    });
    await this.waitForHealth(this.#limits.bootTimeoutMs);
    return { agentPid: pid, controllers };
  }

  async waitForHealth(timeoutMs: number): Promise<void> {
    this.#step = 'agent health';
    const deadlineMs = performance.now() + timeoutMs;
    let lastError: unknown;
    let retryMs = HEALTH_RETRY_MS.first;
    let isLost = false;
    void this.#access.channel.lost.then(() => {
      isLost = true;
    });
    // Of a guest that is gone, nobody waits for the outcome: further calls would only keep kmx running.
    while (!isLost && performance.now() < deadlineMs) {
      try {
        await this.#checkHealth();
        return await this.freeAgentPort();
      } catch (error) {
        lastError = error;
        await sleep(retryMs);
        retryMs = Math.min(2 * retryMs, HEALTH_RETRY_MS.most);
      }
    }
    if (isLost)
      throw new GuestStopped('the guest was lost before the agent was healthy', lastError);
    const last = lastError instanceof Error ? `; the last error: ${lastError.message}` : '';
    throw new GuestStopped(
      `the agent answered no health call within ${timeoutMs} ms${last}`,
      lastError,
    );
  }

  /**
   * Waits until the guest has noticed that the last connection to the agent is closed. It would
   * take a new one before that for the old one, and answers would get lost.
   */
  async freeAgentPort(): Promise<void> {
    const stateOf = async (): Promise<ResultOf<'relay'>['state']> =>
      (await this.#access.client.request('relay', {})).state;
    while ((await stateOf()) !== 'no-host') await sleep(PORT_RETRY_MS);
  }

  async #checkHealth(): Promise<void> {
    const socketPath = this.#access.agentSocket;
    await using agent = this.#setup.connectAgent({ socketPath, limits: this.#limits });
    await agent.check();
  }

  async #hello(timeoutMs: number) {
    const { hello, lost } = this.#access.channel;
    // Otherwise the timer would keep the process from its end.
    const unlessLost = lost.then((error): never => {
      throw error;
    });
    return await pTimeout(Promise.race([hello, unlessLost]), {
      milliseconds: timeoutMs,
      message: false,
    });
  }
}
