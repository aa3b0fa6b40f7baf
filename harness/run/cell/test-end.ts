/** The one place where live tests, `boots` included, end and are decided. */

import type { FailedStart } from '../../live-guest/failed-start.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { type Decision, decideVerdict, type TestEvidence } from '../../verdict/decide.ts';
import type { TestResult } from '../../worker/messages.ts';

/**
 * Decides on a test that has ended. The guest is drained first, since its output beats the claim.
 * @param guest The test's guest; undefined if it never got one.
 */
export async function decideTestEnd(
  result: TestResult,
  guest: LiveGuest | undefined,
): Promise<Decision> {
  return await decideWithPicture(await describeTestEnd(result, guest), guest);
}

/** Decides on a test whose guest did not come up, and ends that guest. */
export async function decideFailedStart({ evidence, guest }: FailedStart): Promise<Decision> {
  const decision = await decideWithPicture(evidence, guest);
  await guest?.end();
  return decision;
}

async function describeTestEnd(
  { claim, detail, unanswered }: TestResult,
  guest: LiveGuest | undefined,
): Promise<TestEvidence> {
  const observed = (await guest?.observe()) ?? { findings: [] };
  if (guest?.hostFault !== undefined) return { kind: 'host-fault', message: guest.hostFault };
  return {
    kind: 'observed',
    claim,
    ...omitUndefined({ detail, unanswered }),
    ...observed,
  };
}

/** The verdict by this evidence; for a hang, with a picture of the guest. */
async function decideWithPicture(
  evidence: TestEvidence,
  guest: LiveGuest | undefined,
): Promise<Decision> {
  const decision = decideVerdict(evidence);
  if (decision.verdict !== 'hang' || guest === undefined) return decision;
  const picture = await guest.takePicture();
  const text = [picture, decision.detail?.text].filter(Boolean).join('\n\n');
  return { ...decision, detail: { ...decision.detail, text } };
}
