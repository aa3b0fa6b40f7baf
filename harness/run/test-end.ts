import type { Evidence, HostFault } from '../verdict/decide.ts';
import type { TestResult } from '../worker/messages.ts';
import type { GuestRun } from './guest-run.ts';

/** Drains the guest and puts together what is known of a test that has ended. */
export async function describeTestEnd(
  { claim, detail, unanswered }: TestResult,
  run: GuestRun | undefined,
): Promise<Evidence | HostFault> {
  // A skipped test has made the guest do nothing.
  if (run !== undefined && claim !== 'skip') await run.drain();
  if (run?.hostFault !== undefined) return { hostFault: run.hostFault };
  return {
    claim,
    ...(detail === undefined ? {} : { detail }),
    ...(unanswered === undefined ? {} : { unanswered }),
    ...(run === undefined ? { findings: [] } : describeGuest(run)),
  };
}

/** What a guest has said and how it ended, as far as either is known. */
export function describeGuest(
  run: GuestRun,
): Pick<Evidence, 'findings' | 'machineEnd' | 'agentEnd' | 'guestSilence'> {
  const { machineEnd, agentEnd, silence } = run;
  return {
    findings: run.evidence.takeFindings(),
    ...(machineEnd === undefined ? {} : { machineEnd }),
    ...(agentEnd === undefined ? {} : { agentEnd }),
    ...(silence === undefined ? {} : { guestSilence: silence }),
  };
}
