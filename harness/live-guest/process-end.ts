import type { UnexpectedEnd } from '../verdict/decide.ts';

/** The end of a process as wait(2) tells it. */
export function endOf({
  code,
  signal,
}: {
  readonly code: number | null;
  readonly signal: string | null;
}): UnexpectedEnd {
  return signal === null
    ? { how: `exit code ${code}`, isSignal: false }
    : { how: signal, isSignal: true };
}
