/** The steps from a guest's first sign of life to a healthy agent. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAgent } from '../agents/connect.ts';
import type { Guest } from '../channel/guest.ts';
import type { GuestChannel } from '../channel/guest-channel.ts';
import type { ResultOf } from '../channel/messages.ts';
import type { GuestFacts } from '../events.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { Limits } from '../matrix/matrix.ts';
import type { AgentLaunch } from '../prepare/agent-files.ts';
import type { CpioEntry } from '../prepare/newc.ts';
import { within } from './deadline.ts';
import { installFiles } from './install-files.ts';

/** How far a guest came: each step needs the one before. */
export type Step =
  | 'boot'
  | 'restore'
  | 'facts'
  | 'install'
  | 'cgroups'
  | 'agent start'
  | 'agent health';

/** What a guest tells before a cgroup mode is mounted. */
export type BareFacts = Omit<GuestFacts, 'cgroup' | 'controllers'>;

/** What a guest is when it begins. */
export type Arrival =
  | { readonly from: 'boot' }
  /** It was saved when init was ready. */
  | { readonly from: 'L1'; readonly facts: BareFacts; readonly files: readonly CpioEntry[] }
  /** It was saved when its agent was healthy. */
  | { readonly from: 'L2'; readonly facts: GuestFacts; readonly agentPid: number };

export interface BringUpOrder {
  readonly guest: Guest;
  /** The present one: another after the guest was saved. */
  readonly channel: () => Pick<GuestChannel, 'hello' | 'call'>;
  readonly agentSocket: string;
  readonly cgroup: CgroupMode;
  readonly leaveUnmounted: readonly string[];
  readonly agent: AgentLaunch;
  readonly limits: Limits;
  readonly onStep: (step: Step) => void;
}

export interface UpGuest {
  readonly facts: GuestFacts;
  readonly agentPid: number;
}

/** A guest that did not come up, or went away while it did. */
export class GuestStopped extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GuestStopped';
  }
}

const HEALTH_RETRY_MS = 100;
const PORT_RETRY_MS = 5;
const SEED_BYTES = 32;

/** Up to a healthy agent; rejects with what stopped it, at the last step that was told. */
export async function bringUp(order: BringUpOrder, arrival: Arrival): Promise<UpGuest> {
  switch (arrival.from) {
    case 'boot':
      return await addAgent(order, await bringUpBare(order), []);
    case 'L1':
      order.onStep('restore');
      await refresh(order);
      return await addAgent(order, arrival.facts, arrival.files);
    case 'L2':
      order.onStep('restore');
      await refresh(order);
      order.onStep('agent health');
      await waitForHealth(order, order.limits.callTimeoutMs);
      return arrival;
  }
}

/** A guest that boots, up to where init is ready and nothing is mounted. */
export async function bringUpBare(order: BringUpOrder): Promise<BareFacts> {
  const { guest, limits, onStep } = order;
  if ((await within(order.channel().hello, limits.bootTimeoutMs)) === undefined) {
    throw new GuestStopped(`init said nothing for ${limits.bootTimeoutMs} ms`);
  }
  onStep('facts');
  return await probeFacts(guest, limits.bootTimeoutMs);
}

/** What the guest tells of itself, without what is too long for a report. */
export async function probeFacts(guest: Guest, timeoutMs: number): Promise<BareFacts> {
  const { procCgroups: _, configGz: __, ...facts } = await guest.request('facts', {}, timeoutMs);
  return facts;
}

/**
 * For a guest that was saved, restored or not: gives it the time that it has missed and random
 * numbers of its own.
 */
export async function refresh({ guest, channel, limits }: BringUpOrder): Promise<void> {
  const seed = randomBytes(SEED_BYTES).toString('base64');
  await guest.request('restored', { unixTimeMs: Date.now(), seed });
  if ((await within(channel().hello, limits.callTimeoutMs)) !== undefined) return;
  throw new GuestStopped(`init said no hello within ${limits.callTimeoutMs} ms`);
}

/** @param files What is not in the guest's initramfs. */
export async function addAgent(
  order: BringUpOrder,
  facts: BareFacts,
  files: readonly CpioEntry[],
): Promise<UpGuest> {
  const { guest, cgroup: mode, leaveUnmounted, agent, limits, onStep } = order;
  onStep('install');
  await installFiles(order.channel(), files, limits.bootTimeoutMs);
  onStep('cgroups');
  const { controllers } = await guest.request('mount-cgroups', { mode, leaveUnmounted });
  onStep('agent start');
  const { pid } = await guest.request('start-agent', {
    argv: agent.argv,
    env: agent.environment,
    socket: agent.socket,
  });
  onStep('agent health');
  await waitForHealth(order, limits.bootTimeoutMs);
  return { facts: { ...facts, cgroup: mode, controllers }, agentPid: pid };
}

async function waitForHealth(order: BringUpOrder, timeoutMs: number): Promise<void> {
  const { agentSocket: socketPath, limits } = order;
  const deadlineMs = performance.now() + timeoutMs;
  let lastError: unknown;
  while (performance.now() < deadlineMs) {
    await using agent = connectAgent({ socketPath, limits });
    try {
      await agent.check();
      await agent[Symbol.asyncDispose]();
      return await freeAgentPort(order.guest);
    } catch (error) {
      lastError = error;
      await sleep(HEALTH_RETRY_MS);
    }
  }
  const last = lastError instanceof Error ? `; at last: ${lastError.message}` : '';
  throw new GuestStopped(`the agent answered no health call in ${timeoutMs} ms${last}`, lastError);
}

/**
 * Waits until the guest has noticed that the last connection to the agent is closed. A new one
 * before that would be taken for the old one, and answers would get lost.
 */
async function freeAgentPort(guest: Guest): Promise<void> {
  const stateOf = async (): Promise<ResultOf<'relay'>['state']> =>
    (await guest.request('relay', {})).state;
  while ((await stateOf()) !== 'no-host') await sleep(PORT_RETRY_MS);
}
