/**
 * The promise's own outcome if it comes within `timeoutMs`, else the error of `makeError`. What
 * was waited for goes on: whoever started it ends it.
 */
export async function withDeadline<T>(
  promise: Promise<T>,
  timeoutMs: number,
  makeError: () => Error,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(makeError()), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
