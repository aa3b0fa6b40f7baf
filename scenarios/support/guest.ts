import type { Agent } from '../../harness/agents/agent.ts';
import type { Guest } from '../../harness/channel/guest.ts';
import type { GuestFacts } from '../../harness/events.ts';
import type { Session } from '../../harness/worker/session.ts';
import { type Container, type ContainerOptions, createContainer } from './container.ts';
import { eventually } from './eventually.ts';

/** The guest of the running test. Use it within hooks and tests only. */
export interface TestGuest {
  readonly facts: GuestFacts;
  /** As scaled for the host that the guest runs on. */
  readonly limits: Session['limits'];
  readonly agent: Agent;
  /** Files, programs and processes of the guest, past the agent. */
  readonly inside: Guest;
  createContainer(options: ContainerOptions): Promise<Container>;
  /** Creates and starts. */
  runContainer(options: ContainerOptions): Promise<Container>;
  /** Repeats a check until it throws no more: see `eventually`. Default: the settle limit. */
  eventually<T>(check: () => Promise<T>, limitMs?: number): Promise<T>;
}

export interface GuestWish {
  /**
   * `boot` for what a restored guest cannot stand for: what the kernel, init or the agent do while
   * they start. Each test then waits for a boot of its own.
   */
  readonly from?: 'boot';
}

/** In a `describe`: every test of it gets a guest with a healthy agent. */
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
