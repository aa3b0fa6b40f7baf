import type { Limits } from '../matrix/matrix.ts';
import type { BootStage } from '../verdict/boot-stages.ts';
import type { Observation, TestEvidence } from '../verdict/decide.ts';
import type { Step } from './bring-up.ts';
import type { GuestRun } from './live-guest.ts';
import { describeGuest } from './test-end.ts';

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

/** What is known of a guest that did not come up, after it was drained. */
export function describeFailedStart(run: GuestRun, error: unknown, limits: Limits): TestEvidence {
  const { step, hostFault } = run;
  if (hostFault !== undefined) return { kind: 'host-fault', message: hostFault };
  const reason = error instanceof Error ? error.message : String(error);
  const why =
    step === 'boot'
      ? `no working init: ${reason}; ${LAST_SIGN[run.evidence.stage]}`
      : `${step}: ${reason}`;
  return {
    kind: 'observed',
    claim: 'interrupted',
    ...describeGuest(run),
    notReached: { step: NOT_REACHED[step], why },
    ...(step === 'agent health' && run.agentEnd === undefined
      ? { unanswered: { call: 'Check', afterMs: limits.bootTimeoutMs, health: 'silent' } as const }
      : {}),
  };
}
