import type { CallEvent } from '../agents/agent.ts';
import type { UnansweredCall } from '../verdict/decide.ts';

/** Which calls of a test have no answer, in the order in which they were made. */
export interface CallRecord {
  observe(event: CallEvent): void;
  reset(): void;
  firstUnanswered(isTestTimeout: boolean): Pick<UnansweredCall, 'call' | 'afterMs'> | undefined;
}

interface OpenCall {
  readonly call: string;
  readonly beginMs: number;
  readonly endMs?: number;
}

export function createCallRecord(): CallRecord {
  const open = new Map<number, OpenCall>();
  return {
    observe(event) {
      const now = performance.now();
      const record = open.get(event.id);
      if (event.state === 'begin') open.set(event.id, { call: event.call, beginMs: now });
      else if (event.state === 'failed' && event.why === 'timeout' && record !== undefined) {
        open.set(event.id, { ...record, endMs: now });
      } else open.delete(event.id);
    },
    reset: () => open.clear(),
    firstUnanswered(isTestTimeout) {
      const first = [...open.values()].find(({ endMs }) => endMs !== undefined || isTestTimeout);
      if (first === undefined) return undefined;
      const { call, beginMs, endMs = performance.now() } = first;
      return { call, afterMs: Math.round(endMs - beginMs) };
    },
  };
}
