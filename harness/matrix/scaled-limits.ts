import type { Limits } from './matrix.ts';

/**
 * The limits of a run on this host. Those that the matrix file does not name grow with those that
 * it does: whoever has a slow host raises `call_timeout_ms` and `boot_timeout_ms`.
 */
export interface RunLimits extends Limits {
  /** For what the kernel or the agent does in its own time, after a call was answered. */
  readonly settleTimeoutMs: number;
  /** For the health call that tells whether an agent with an unanswered call is silent altogether. */
  readonly healthTimeoutMs: number;
  /** For a test's guest, beyond the boot limit: mounts, the agent's start and its first answers. */
  readonly leaseGraceMs: number;
  /** For a machine to start and connect, and for each command that it is given. */
  readonly machineStartTimeoutMs: number;
}

/** With hardware virtualisation a guest is this much quicker than the limits are made for. */
const KVM_FACTOR = 0.5;

const SETTLE_MS = { min: 5000, partOfCall: 1 / 2 };
const HEALTH_MS = { min: 2000, partOfCall: 1 / 5 };
const LEASE_GRACE_MS = { min: 30_000, partOfBoot: 1 / 2 };
const MACHINE_START_MS = { min: 20_000, partOfBoot: 1 / 3 };

/**
 * Every timeout that a verdict may depend on comes from here: the matrix's limits, which hold for
 * one guest a CPU without KVM, scaled once for this host. More guests than CPUs each get less of
 * them. Nothing else in `harness` or `scenarios` sets one.
 */
export function scaleLimits(
  limits: Limits,
  host: { readonly accelerator: string; readonly jobs: number; readonly cpus: number },
): RunLimits {
  const { bootTimeoutMs, callTimeoutMs, testTimeoutMs, drainTimeoutMs, heartbeatTimeoutMs } =
    limits;
  const sharing = Math.max(1, host.jobs / host.cpus);
  const ofHost = (ms: number): number => Math.round(ms * sharing);
  const ofGuest = (ms: number): number =>
    Math.round(ms * sharing * (host.accelerator === 'kvm' ? KVM_FACTOR : 1));
  return {
    ...limits,
    bootTimeoutMs: ofGuest(bootTimeoutMs),
    callTimeoutMs: ofGuest(callTimeoutMs),
    testTimeoutMs: ofGuest(testTimeoutMs),
    drainTimeoutMs: ofGuest(drainTimeoutMs),
    heartbeatTimeoutMs: ofGuest(heartbeatTimeoutMs),
    settleTimeoutMs: ofGuest(Math.max(SETTLE_MS.min, callTimeoutMs * SETTLE_MS.partOfCall)),
    healthTimeoutMs: ofGuest(Math.max(HEALTH_MS.min, callTimeoutMs * HEALTH_MS.partOfCall)),
    leaseGraceMs: ofGuest(Math.max(LEASE_GRACE_MS.min, bootTimeoutMs * LEASE_GRACE_MS.partOfBoot)),
    // The host does it, and is no quicker with KVM.
    machineStartTimeoutMs: ofHost(
      Math.max(MACHINE_START_MS.min, bootTimeoutMs * MACHINE_START_MS.partOfBoot),
    ),
  };
}
