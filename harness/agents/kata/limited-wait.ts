/** What limits a wait. */
export interface WaitLimits {
  /** Absent: no limit. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Why a wait ended early. */
export type Expiry =
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted'; readonly reason: unknown };

/** The promise's own outcome, or why the wait for it ended early. */
export async function waitWithin<T>(
  promise: Promise<T>,
  { timeoutMs, signal }: WaitLimits,
): Promise<T | Expiry> {
  const { promise: expired, resolve } = Promise.withResolvers<Expiry>();
  const abort = (): void => resolve({ kind: 'aborted', reason: signal?.reason });
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs, { kind: 'timeout' });
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
