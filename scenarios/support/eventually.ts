import { AssertionError } from 'chai';

const POLL_MS = 50;

/**
 * Repeats a check until it throws no more: for what the kernel or the agent does in its own time.
 * After `limitMs` it throws what the check threw last; an assertion then says how long was waited.
 */
export async function eventually<T>(check: () => Promise<T>, limitMs: number): Promise<T> {
  const beginMs = performance.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      const waitedMs = performance.now() - beginMs;
      if (waitedMs > limitMs) throw afterWaiting(error, waitedMs);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function afterWaiting(error: unknown, waitedMs: number): unknown {
  if (!(error instanceof AssertionError)) return error;
  const message = `${error.message} (still so after ${Math.round(waitedMs)} ms)`;
  return new AssertionError(message, { ...error, cause: error.cause }, eventually);
}
