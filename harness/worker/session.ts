import type { Agent, AgentOptions, CallObserver } from '../agents/agent.ts';
import type { Guest } from '../channel/guest.ts';
import type { GuestFacts } from '../events.ts';
import type { Cell } from '../matrix/cell.ts';
import { CallTracer } from '../trace/call-tracer.ts';
import type { UnansweredCall } from '../verdict/decide.ts';
import { createCallRecord } from './call-record.ts';
import { GuestLost } from './guest-lost.ts';
import type { WorkerStart } from './messages.ts';
import type { ParentLink } from './parent-link.ts';
import type { TestHold } from './test-hold.ts';

/** What a test can reach: one guest with its agent, replaced whenever one is lost. */
export interface Session {
  readonly cell: Cell;
  readonly facts: GuestFacts;
  readonly guest: Guest;
  readonly agent: Agent;
  readonly limits: WorkerStart['limits'];
  /**
   * Ensures that there is a usable guest. Rejects with GuestLost if none can be had.
   * @param isBooted It must have been booted for this test, not restored.
   */
  lease(isBooted?: boolean): Promise<void>;
  /** A container id that is unique in this worker. */
  nextContainerId(): string;
  /**
   * Registers a clean-up. They run after the test, newest first, whatever its outcome; skipped if
   * the guest is lost.
   */
  onTestEnd(cleanUp: () => Promise<void>): void;
}

/** The session with what only the worker itself may use. */
export interface WorkerSession extends Session, AsyncDisposable {
  /** Forgets what belonged to the previous test. */
  begin(): void;
  /** Cleans up after a test; tries every clean-up, then rejects with the first error. */
  cleanUp(): Promise<void>;
  /**
   * The test's first call that got no answer, and whether a health call is answered now. A call
   * that is still within its own limit counts only if the test itself has timed out.
   */
  unanswered(isTestTimeout: boolean): Promise<UnansweredCall | undefined>;
  /** Has a picture taken of the guest. Rejects with GuestLost if there is no guest. */
  takePicture(): Promise<unknown>;
  /** Whether the test has a call without an answer, as above. */
  hasUnanswered(isTestTimeout: boolean): boolean;
  lose(guest: number): void;
}

interface Connected {
  readonly number: number;
  readonly guest: Guest;
  readonly agent: Agent;
}

/** What a test needs to reach a guest; loaded later, so that a worker lists its tests sooner. */
export async function loadClients() {
  const [{ ADAPTERS }, { createGuest }] = await Promise.all([
    import('../agents/connect.ts'),
    import('../channel/guest.ts'),
  ]);
  return { adapters: ADAPTERS, createGuest };
}

export function createSession(start: WorkerStart, link: ParentLink, hold: TestHold): WorkerSession {
  const calls = createCallRecord();
  const tracer = hold.isAttended
    ? new CallTracer({
        nowMs: () => performance.now(),
        onCall: (call) => link.send({ type: 'traced', call }),
      })
    : undefined;
  let current: Connected | undefined;
  let cleanUps: (() => Promise<void>)[] = [];
  let containers = 0;

  function connected(): Connected {
    if (current === undefined) throw new GuestLost('the guest is gone');
    return current;
  }

  async function lease(isBooted = false): Promise<void> {
    const [{ guest: number, agentSocket: socketPath }, { adapters, createGuest }] =
      await Promise.all([hold.lease(isBooted), loadClients()]);
    if (current?.number === number) return;
    await current?.agent[Symbol.asyncDispose]();
    const connectAgent = adapters[start.cell.agentKind];
    const agent = connectAgent({ socketPath, limits: start.limits, ...observing() });
    const guest = createGuest(
      (method, params, timeoutMs) => link.call(number, method, params, timeoutMs),
      start.limits.callTimeoutMs,
    );
    current = { number, guest, agent };
  }

  function observing(): Pick<AgentOptions, 'onCall' | 'trace' | 'beforeCall'> {
    if (tracer === undefined) return { onCall: calls.observe };
    const trace = tracer.openConnection();
    const onCall: CallObserver = (event) => {
      calls.observe(event);
      trace(event);
    };
    const beforeCall = () => (tracer.isPaused ? undefined : hold.beforeCall());
    return { onCall, trace: true, beforeCall };
  }

  async function unanswered(isTestTimeout: boolean): Promise<UnansweredCall | undefined> {
    const first = calls.firstUnanswered(isTestTimeout);
    if (first === undefined || current === undefined) return undefined;
    const { agent } = current;
    const { healthTimeoutMs: timeoutMs } = start.limits;
    const check = () => agent.check({ timeoutMs });
    const health = await (tracer?.leaveOut(check) ?? check()).then(
      () => 'answered' as const,
      () => 'silent' as const,
    );
    return { ...first, health };
  }

  return {
    cell: start.cell,
    limits: start.limits,
    facts: start.facts,
    get guest() {
      return connected().guest;
    },
    get agent() {
      return connected().agent;
    },
    nextContainerId() {
      containers += 1;
      return `c${containers}`;
    },
    onTestEnd: (cleanUp) => {
      cleanUps.push(cleanUp);
    },
    lease,
    begin() {
      cleanUps = [];
      calls.reset();
      tracer?.beginTest();
      hold.beginTest();
    },
    async cleanUp() {
      const errors: unknown[] = [];
      for (const cleanUp of cleanUps.splice(0).reverse()) {
        if (current === undefined) return;
        await cleanUp().catch((error: unknown) => errors.push(error));
      }
      if (errors.length > 0) throw errors[0];
    },
    unanswered,
    takePicture: async () => await link.takePicture(connected().number),
    hasUnanswered: (isTestTimeout) => calls.firstUnanswered(isTestTimeout) !== undefined,
    lose(number) {
      if (current?.number !== number) return;
      // Closing it rejects every pending call, which ends the test.
      void current.agent[Symbol.asyncDispose]();
      current = undefined;
    },
    async [Symbol.asyncDispose]() {
      await current?.agent[Symbol.asyncDispose]();
    },
  };
}
