const POLL_MS = 50;

/**
 * Repeats a check until it throws no more: for what the kernel does in its own time. Throws what the
 * check threw last when `limitMs` are over.
 */
export async function eventually<T>(check: () => Promise<T>, limitMs = 5000): Promise<T> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
