import type { RunLimits } from '../../../matrix/scaled-limits.ts';

/** Longer than anybody stays in a debugger. */
const LIMIT_MS = 24 * 60 * 60 * 1000;

/**
 * For a run with a debugger: what a guest or agent does not do in time while it is stopped is no failure.
 * Guests come up and are drained, and what follows a call is waited for, within the usual limits.
 */
export function debuggerLimits(limits: RunLimits): RunLimits {
  return {
    ...limits,
    callTimeoutMs: LIMIT_MS,
    testTimeoutMs: LIMIT_MS,
    heartbeatTimeoutMs: LIMIT_MS,
  };
}
