/** The one place where a verdict is decided. Pure: what was claimed, what was seen, what ended. */
import type { TestDetail } from '../events.ts';
import type { Finding } from './finding.ts';
import { VERDICTS, type Verdict } from './verdict.ts';

/** What the worker says of a test, or the harness of a guest that did not come up. */
export type Claim = 'pass' | 'fail' | 'error' | 'skip' | 'interrupted';

/** A machine or an agent that ended though nobody had asked it to. */
export interface UnexpectedEnd {
  /** For people: `SIGKILL`, `guest-reset`, `exit code 101`. */
  readonly how: string;
  readonly isSignal: boolean;
}

export interface UnansweredCall {
  readonly call: string;
  readonly afterMs: number;
  /** Whether the agent answered a health call afterwards. */
  readonly health: 'answered' | 'silent';
}

/** What is known of a test when it has ended and the guest's output was drained. */
export interface Evidence {
  readonly claim: Claim;
  readonly detail?: TestDetail;
  /** Recognised since the test before had ended, oldest first. */
  readonly findings: readonly Finding[];
  readonly machineEnd?: UnexpectedEnd;
  readonly agentEnd?: UnexpectedEnd;
  /** The way to init broke, or init said nothing any more, while the machine still ran. */
  readonly guestSilence?: string;
  readonly unanswered?: UnansweredCall;
  /** The guest did not come up: what was not reached, and what the console got to. */
  readonly notReached?: { readonly step: 'init' | 'cgroups' | 'agent'; readonly why: string };
}

/** Nothing of the guest was measured: the host or the harness failed. */
export interface HostFault {
  readonly hostFault: string;
}

export interface Decision {
  readonly verdict: Verdict;
  /** The finding that decided comes first, then the others, oldest first. */
  readonly findings: readonly Finding[];
  readonly detail?: TestDetail;
}

/**
 * The guest's word beats the worker's: a finding decides first; then how machine, agent and calls
 * ended; only then what the worker claims. A machine that died without a word of its kernel is the
 * host's fault, not a verdict on the guest.
 */
export function decideVerdict(evidence: Evidence | HostFault): Decision {
  if ('hostFault' in evidence) return decision('miss', { message: evidence.hostFault });
  const { findings, detail } = evidence;
  const primary = findPrimary(findings);
  if (primary === undefined) return decideWithoutFinding(evidence);
  return {
    verdict: primary.class,
    findings: [primary, ...findings.filter((finding) => finding !== primary)],
    detail: { ...detail, ...callDetail(evidence), message: primary.title },
  };
}

/**
 * The worst class wins, with one exception: a kernel panic after an agent's panic is the agent's
 * doing, since init or the agent as PID 1 took the kernel along.
 */
function findPrimary(findings: readonly Finding[]): Finding | undefined {
  const ofClass = (wanted: string): Finding | undefined =>
    findings.find(({ class: found }) => found === wanted);
  const kernel = ofClass('kernel-panic');
  const agent = ofClass('agent-panic');
  if (kernel !== undefined && agent !== undefined && isInitDeath(kernel)) return agent;
  return VERDICTS.map(ofClass).find((finding) => finding !== undefined);
}

function isInitDeath({ title }: Finding): boolean {
  return title.includes('Attempted to kill init');
}

function decideWithoutFinding(evidence: Evidence): Decision {
  const { claim, detail, machineEnd, agentEnd, guestSilence, unanswered, notReached } = evidence;
  if (machineEnd !== undefined) return decideMachineEnd(machineEnd, evidence);
  if (agentEnd?.isSignal === true) {
    return decision('agent-panic', {
      ...detail,
      message: `the agent was ended by ${agentEnd.how}`,
    });
  }
  if (notReached !== undefined) return decideNotReached(evidence, notReached);
  if (unanswered !== undefined) {
    return decision('hang', {
      ...detail,
      ...callDetail(evidence),
      message: describeHang(unanswered),
    });
  }
  if (agentEnd !== undefined) {
    return decision('fail', { ...detail, message: `the agent ended by itself: ${agentEnd.how}` });
  }
  if (guestSilence !== undefined) return decision('miss', { ...detail, message: guestSilence });
  if (claim === 'interrupted') {
    return decision('miss', {
      ...detail,
      message: `interrupted: ${detail?.message ?? 'no reason known'}`,
    });
  }
  return decision(claim, detail);
}

/** QEMU was killed or crashed: `miss`. The guest switched itself off: nobody in it was asked to. */
function decideMachineEnd(
  { how, isSignal }: UnexpectedEnd,
  { detail, notReached }: Evidence,
): Decision {
  const isGuestsDoing = !isSignal && how.startsWith('guest-');
  const message = isGuestsDoing
    ? `the guest ended by itself (${how}) without a word of its kernel`
    : `the machine ended (${how}) without a word of the guest's kernel`;
  const verdict = isGuestsDoing && notReached !== undefined ? 'boot-failure' : 'miss';
  return decision(verdict, { ...detail, message });
}

function decideNotReached(
  { detail, agentEnd, unanswered }: Evidence,
  { step, why }: NonNullable<Evidence['notReached']>,
): Decision {
  if (step !== 'agent') return decision('boot-failure', { ...detail, message: why });
  if (agentEnd === undefined && unanswered !== undefined) {
    return decision('hang', { ...detail, call: unanswered.call, message: why });
  }
  return decision('fail', { ...detail, message: why });
}

function describeHang({ call, afterMs, health }: UnansweredCall): string {
  const state = health === 'answered' ? 'still answers' : 'no longer answers';
  return `${call} got no answer within ${afterMs} ms; the agent ${state} a health call`;
}

function callDetail({ unanswered }: Evidence): Pick<TestDetail, 'call'> {
  return unanswered === undefined ? {} : { call: unanswered.call };
}

function decision(verdict: Verdict, detail: TestDetail | undefined): Decision {
  return detail === undefined ? { verdict, findings: [] } : { verdict, findings: [], detail };
}
