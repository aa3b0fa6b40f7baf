import type { Agent } from '../../harness/agents/agent.ts';
import type { Guest } from '../../harness/channel/guest.ts';
import type { GuestFacts } from '../../harness/events.ts';
import type { Session } from '../../harness/worker/session.ts';
import { type Container, type ContainerOptions, createContainer } from './container.ts';
import { eventually } from './eventually.ts';

/** The guest of the current test. Available only within hooks and tests. */
export interface TestGuest {
  readonly facts: GuestFacts;
  /** Scaled for this host. */
  readonly limits: Session['limits'];
  readonly agent: Agent;
  /** Direct access to the guest's files, programs and processes, bypassing the agent. */
  readonly inside: Guest;
  createContainer(options: ContainerOptions): Promise<Container>;
  /** Creates a container and starts it. */
  runContainer(options: ContainerOptions): Promise<Container>;
  /** Repeats a check until it no longer throws; see `eventually`. Default: `limits.settleTimeoutMs`. */
  eventually<T>(check: () => Promise<T>, limitMs?: number): Promise<T>;
}

export interface GuestWish {
  /**
   * `boot` if a restored guest will not do: for tests of what the kernel, init or the agent do
   * while they start. Each test then boots a guest of its own.
   */
  readonly from?: 'boot';
}

/** Call it in a `describe`: each of its tests gets a guest with a healthy agent. */
export function useGuest({ from }: GuestWish = {}): TestGuest {
  let session: Session | undefined;

  beforeEach('a guest with a healthy agent', async function () {
    session = this.session;
    this.timeout(session.limits.bootTimeoutMs + session.limits.leaseGraceMs);
    await session.lease(from === 'boot');
  });

  function current(): Session {
    if (session === undefined) throw new Error('A guest can be used within hooks and tests only');
    return session;
  }

  return {
    get facts() {
      return current().facts;
    },
    get limits() {
      return current().limits;
    },
    get agent() {
      return current().agent;
    },
    get inside() {
      return current().guest;
    },
    createContainer: (options) => createContainer(current(), options),
    async runContainer(options) {
      const container = await createContainer(current(), options);
      await container.start();
      return container;
    },
    eventually: (check, limitMs = current().limits.settleTimeoutMs) => eventually(check, limitMs),
  };
}
