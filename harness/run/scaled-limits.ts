import type { Limits } from '../matrix/matrix.ts';

/** With hardware virtualisation a guest is this much quicker than the limits are made for. */
const KVM_FACTOR = 0.5;

/**
 * Every timeout of a run comes from here: the matrix's limits, which hold for one guest a CPU
 * without KVM, scaled once for this host. More guests than CPUs each get less of them.
 */
export function scaleLimits(
  limits: Limits,
  host: { readonly accelerator: string; readonly jobs: number; readonly cpus: number },
): Limits {
  const factor = Math.max(1, host.jobs / host.cpus) * (host.accelerator === 'kvm' ? KVM_FACTOR : 1);
  const scale = (ms: number): number => Math.round(ms * factor);
  return {
    ...limits,
    bootTimeoutMs: scale(limits.bootTimeoutMs),
    callTimeoutMs: scale(limits.callTimeoutMs),
    testTimeoutMs: scale(limits.testTimeoutMs),
    drainTimeoutMs: scale(limits.drainTimeoutMs),
    heartbeatTimeoutMs: scale(limits.heartbeatTimeoutMs),
  };
}
