import {
  type Decision,
  decideVerdict,
  type Observation,
  type TestEvidence,
} from '../verdict/decide.ts';
import type { TestResult } from '../worker/messages.ts';
import type { GuestRun } from './live-guest.ts';

/** Drains the guest and puts together what is known of a test that has ended. */
async function describeTestEnd(
  { claim, detail, unanswered }: TestResult,
  run: GuestRun | undefined,
): Promise<TestEvidence> {
  // A skipped test has made the guest do nothing.
  if (run !== undefined && claim !== 'skip') await run.drain();
  if (run?.hostFault !== undefined) return { kind: 'host-fault', message: run.hostFault };
  return {
    kind: 'observed',
    claim,
    ...(detail === undefined ? {} : { detail }),
    ...(unanswered === undefined ? {} : { unanswered }),
    ...(run === undefined ? { findings: [] } : describeGuest(run)),
  };
}

/** Drains the guest and decides on a test that has ended. */
export async function decideTestEnd(
  result: TestResult,
  run: GuestRun | undefined,
): Promise<Decision> {
  return await decideWithPicture(await describeTestEnd(result, run), run);
}

/** The verdict on what is known; of a guest with a call that hangs, with a picture of it. */
export async function decideWithPicture(
  evidence: TestEvidence,
  run: GuestRun | undefined,
): Promise<Decision> {
  const decision = decideVerdict(evidence);
  if (decision.verdict !== 'hang' || run === undefined) return decision;
  const picture = await run.takePicture();
  const text = [picture, decision.detail?.text].filter(Boolean).join('\n\n');
  return { ...decision, detail: { ...decision.detail, text } };
}

/** What a guest has said and how it ended, as far as either is known. */
export function describeGuest(
  run: GuestRun,
): Pick<Observation, 'findings' | 'machineEnd' | 'agentEnd' | 'guestSilence'> {
  const { machineEnd, agentEnd, silence } = run;
  return {
    findings: run.evidence.takeFindings(),
    ...(machineEnd === undefined ? {} : { machineEnd }),
    ...(agentEnd === undefined ? {} : { agentEnd }),
    ...(silence === undefined ? {} : { guestSilence: silence }),
  };
}
