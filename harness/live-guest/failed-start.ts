import type { BootStage } from '../verdict/boot/boot-stages.ts';
import type { Observation, TestEvidence } from '../verdict/decide.ts';
import type { Step } from './bring-up.ts';
import type { LiveGuest } from './live-guest.ts';

/** A guest that did not come up. */
export interface FailedStart {
  readonly kind: 'failed';
  readonly number: number;
  /** What is known about it, for a verdict. */
  readonly evidence: TestEvidence;
  readonly error: unknown;
  /** Stuck or dead; whoever decides on it ends it. Absent where no machine ran. */
  readonly guest?: LiveGuest;
}

const LAST_SIGN: Readonly<Record<BootStage, string>> = {
  nothing: 'the console is empty',
  firmware: 'the console ends before the kernel',
  decompression: 'the console ends while the kernel is being decompressed',
  kernel: 'the console ends in the kernel, before it looked for a root file system',
  'root file system': 'the console ends where the kernel looks for its root and init',
  init: 'init was started',
};

const NOT_REACHED: Readonly<Record<Step, NonNullable<Observation['notReached']>['step']>> = {
  boot: 'init',
  restore: 'init',
  facts: 'init',
  install: 'init',
  cgroups: 'cgroups',
  'agent start': 'agent',
  'agent health': 'agent',
};

/**
 * Drains a guest that did not come up and collects what is known about it. Does not end it.
 * @param error What went wrong, at the guest's `step`.
 */
export async function examineFailedStart(guest: LiveGuest, error: unknown): Promise<FailedStart> {
  const observed = await guest.observe();
  const evidence = describeFailedStart(guest, error, observed);
  return { kind: 'failed', number: guest.number, evidence, error, guest };
}

function describeFailedStart(
  guest: LiveGuest,
  error: unknown,
  observed: Awaited<ReturnType<LiveGuest['observe']>>,
): TestEvidence {
  const { step, hostFault, limits } = guest;
  if (hostFault !== undefined) return { kind: 'host-fault', message: hostFault };
  const reason = error instanceof Error ? error.message : String(error);
  const why =
    step === 'boot'
      ? `no working init: ${reason}; ${LAST_SIGN[guest.output.stage]}`
      : `${step}: ${reason}`;
  return {
    kind: 'observed',
    claim: 'interrupted',
    ...observed,
    notReached: { step: NOT_REACHED[step], why },
    ...(step === 'agent health' && guest.agentEnd === undefined
      ? { unanswered: { call: 'Check', afterMs: limits.bootTimeoutMs, health: 'silent' } as const }
      : {}),
  };
}
