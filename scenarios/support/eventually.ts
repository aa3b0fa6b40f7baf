import { AssertionError } from 'chai';

const POLL_MS = 50;

/**
 * Repeats a check until it no longer throws, for effects that the kernel or the agent delays. After
 * `limitMs` it rethrows the last error; a failed assertion then says how long the wait was.
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
