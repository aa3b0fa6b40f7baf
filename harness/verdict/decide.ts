/** The one place where a verdict is decided. Pure: what was claimed, what was seen, what ended. */
import type { LastWords, TestDetail } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import {
  type CrashClass,
  type Finding,
  type FindingClass,
  type FindingSource,
  isCrash,
  makeFinding,
} from './finding.ts';
import { isInitDeath } from './kernel/panic-patterns.ts';
import { signatureOf } from './signature.ts';
import {
  describeEnd,
  type GuestEnd,
  type ProcessEnd,
  type UnexpectedEnd,
} from './unexpected-end.ts';
import { isGood, type MissKind, VERDICTS, type Verdict } from './verdict.ts';

/** The worker's claim about a test, or the harness's about a guest that did not come up. */
export type Claim = 'pass' | 'fail' | 'error' | 'skip' | 'interrupted';

export interface UnansweredCall {
  readonly call: string;
  readonly afterMs: number;
  /** Whether the agent answered a health call afterwards. */
  readonly health: 'answered' | 'silent';
}

/** What is known of a test when it has ended. */
export type TestEvidence = Observation | HostFault;

/** What was seen of a guest, once its output was drained. */
export interface Observation {
  readonly kind: 'observed';
  readonly claim: Claim;
  readonly detail?: TestDetail;
  /** Recognised since the previous test ended, oldest first. */
  readonly findings: readonly Finding[];
  readonly machineEnd?: UnexpectedEnd;
  readonly agentEnd?: ProcessEnd;
  /** What the agent said last, whether or not it has ended. */
  readonly lastWords?: LastWords;
  /** Absent where no guest was started. */
  readonly executor?: GuestExecutor;
  /** Why some of what the guest or its kernel said may not have been seen. */
  readonly unseen?: string;
  /** The channel to init broke, or init fell silent, while the machine was still running. */
  readonly guestSilence?: string;
  readonly unanswered?: UnansweredCall;
  /** The guest did not come up: which step was not reached, and why. */
  readonly notReached?: { readonly step: 'init' | 'cgroups' | 'agent'; readonly why: string };
}

/** What executed the guest's instructions. */
export interface GuestExecutor {
  /** `tcg` or `kvm`. */
  readonly accelerator: string;
  /** Of QEMU. */
  readonly version: string;
}

/** Nothing of the guest was measured: the host or the harness failed. */
export interface HostFault {
  readonly kind: 'host-fault';
  readonly message: string;
}

export interface Decision {
  readonly verdict: Verdict;
  /**
   * Absent where none is needed (`pass`, `skip`) or the product was not measured (`error`, `miss`).
   */
  readonly signature?: string;
  /** The finding that decided comes first, then the others, oldest first. */
  readonly findings: readonly Finding[];
  readonly detail?: TestDetail;
}

/**
 * The guest's word beats the worker's: a finding decides first; then how machine, agent and calls
 * ended; and only then the worker's claim. If a machine died without a word from its kernel, that
 * is the host's fault and not a verdict on the guest.
 */
export function decideVerdict(evidence: TestEvidence): Decision {
  switch (evidence.kind) {
    case 'host-fault':
      return decide('miss', { message: evidence.message, missKind: 'host' });
    case 'observed':
      return decideObserved(evidence);
  }
}

function decideObserved(evidence: Observation): Decision {
  const findings = [...evidence.findings, ...findEnds(evidence)];
  const fault = findings.find(({ impossible }) => impossible !== undefined);
  if (fault !== undefined) return decide('miss', describeFault(fault, evidence), findings);
  const primary = findPrimary(findings, evidence.notReached !== undefined);
  const { verdict, message, missKind } = distrust(decideWord(primary, evidence), evidence);
  const rest = findings.filter((finding) => finding !== primary);
  const { unanswered, unseen, detail: { cause, ...claimed } = {} } = evidence;
  const call = unanswered?.call;
  // The assertion's cause is that of the verdict only where nothing else has decided.
  const why = message === undefined ? { cause } : { message };
  const lastWords = ABOUT_AGENTS.includes(verdict) ? evidence.lastWords : undefined;
  const detail = { ...claimed, ...omitUndefined({ call, lastWords, unseen, missKind, ...why }) };
  return decide(
    verdict,
    detail,
    primary === undefined ? rest : [primary, ...rest],
    primary?.class === verdict
      ? primary.signature
      : signatureOfEnd(verdict, evidence, detail.cause),
  );
}

function decideWord(primary: ReturnType<typeof findPrimary>, evidence: Observation): Word {
  if (primary === undefined) return decideWithoutFinding(evidence);
  const verdict = verdictOf(primary, evidence);
  const missKind = verdict === 'miss' ? ('channel' as const) : undefined;
  return { verdict, message: primary.title, ...omitUndefined({ missKind }) };
}

/** A guest that was not heard to its end may have said what would refute a good claim. */
function distrust(word: Word, { unseen }: Observation): Word {
  if (unseen === undefined || !isGood(word.verdict)) return word;
  const message = `not all that the guest said could be read: ${unseen}`;
  return { verdict: 'miss', message, missKind: 'output' };
}

/** From the moment of the fault on, nothing that the guest does or says is its own. */
function describeFault({ title, impossible }: Finding, { executor }: Observation): TestDetail {
  const what = `no x86 processor can have ${impossible}, as in "${title}"`;
  if (executor?.accelerator === 'kvm') {
    const message = `the host's processor or its hypervisor is at fault: ${what}`;
    return { message, missKind: 'machine' };
  }
  const message = `the emulator (QEMU ${executor?.version}) is at fault: ${what}`;
  return { message: `${message}; another QEMU helps: docs/qemu.md`, missKind: 'emulator' };
}

/** Verdicts that the agent's own words may explain. */
const ABOUT_AGENTS: readonly Verdict[] = ['agent-panic', 'hang', 'fail'];

/** Ends that are as good as a report: the machine or init says how something died. */
function findEnds({ findings, machineEnd, agentEnd, notReached }: Observation): readonly Finding[] {
  const has = (...classes: readonly FindingClass[]): boolean =>
    findings.some((finding) => classes.includes(finding.class));
  const ends: Finding[] = [];
  const isBooting = notReached !== undefined;
  if (isKernelDeath(machineEnd, isBooting) && !has('kernel-panic', 'boot-failure')) {
    const title = `${describeEnd(machineEnd)}, and nothing on the console`;
    ends.push(endFinding('kernel-panic', title, 'machine'));
  }
  const isExplained = has('agent-panic') && isEndOfPanic(agentEnd, findings);
  if (isAgentDeath(agentEnd) && !isExplained) {
    ends.push(endFinding('agent-panic', `the agent died: ${describeEnd(agentEnd)}`, 'init'));
  }
  return ends;
}

/** A guest that resets itself while it boots may have had nothing to boot. */
function isKernelDeath(end: UnexpectedEnd | undefined, isBooting: boolean): end is GuestEnd {
  if (end?.kind !== 'guest') return false;
  return end.reason === 'panic' || (end.reason === 'reset' && !isBooting);
}

/** A Rust program whose main thread panicked exits with this (library/std/src/rt.rs). */
const RUST_PANIC_CODE = 101;

function isAgentDeath(end: ProcessEnd | undefined): end is ProcessEnd {
  return end?.kind === 'signal' || (end?.kind === 'exit' && end.code === RUST_PANIC_CODE);
}

/** How a program ends that has reported its death: by exit or abort(3), but by no other signal. */
function isEndOfPanic(end: ProcessEnd | undefined, findings: readonly Finding[]): boolean {
  if (end?.kind !== 'signal') return true;
  return (
    ['SIGABRT', 'SIGILL', 'SIGTRAP'].includes(end.name) ||
    (end.name === 'SIGSEGV' && findings.some(({ title }) => title.includes('overflowed its stack')))
  );
}

function endFinding(kind: FindingClass, title: string, source: FindingSource): Finding {
  return makeFinding({ class: kind, title, source, start: 0, end: 0, excerpt: '' });
}

/**
 * The worst class wins, with two exceptions. A kernel panic because init died, after an agent's
 * panic, is the agent's doing: it was PID 1, or took PID 1 with it. And init's last words explain a
 * guest that got nowhere, but every other finding says more about a guest that was up; what else
 * sounds there like a boot that is stuck is a program's output.
 */
function findPrimary(
  findings: readonly Finding[],
  isBooting: boolean,
): (Finding & { readonly class: CrashClass }) | undefined {
  const hasAgentPanic = findings.some((finding) => finding.class === 'agent-panic');
  const causes = findings
    .filter(isCrash)
    .filter((finding) => !(hasAgentPanic && isInitDeath(finding)))
    .filter(({ class: kind, source }) => isBooting || kind !== 'boot-failure' || source === 'init');
  const order = isBooting ? VERDICTS : VERDICTS.filter((verdict) => verdict !== 'boot-failure');
  const found = order.map((verdict) => causes.find((cause) => cause.class === verdict));
  return found.find((cause) => cause !== undefined) ?? causes[0];
}

/** Init is ours: if it gives up in a guest that was up, that is a fault of the harness. */
function verdictOf(
  { class: kind, source }: Pick<Finding, 'source'> & { readonly class: CrashClass },
  { notReached }: Observation,
): Verdict {
  return source === 'init' && kind === 'boot-failure' && notReached === undefined ? 'miss' : kind;
}

interface Word {
  readonly verdict: Verdict;
  readonly message?: string;
  readonly missKind?: MissKind;
}

function decideWithoutFinding(evidence: Observation): Word {
  const { claim, detail, machineEnd, agentEnd, guestSilence, unanswered, notReached } = evidence;
  if (machineEnd !== undefined) return decideMachineEnd(machineEnd, notReached !== undefined);
  if (notReached !== undefined) return decideNotReached(evidence, notReached.why);
  // A process that has ended cannot hang.
  if (agentEnd !== undefined) {
    return { verdict: 'fail', message: `the agent ended by itself: ${describeEnd(agentEnd)}` };
  }
  const isAlive = guestSilence === undefined || unanswered?.health === 'answered';
  if (unanswered !== undefined && isAlive) {
    return { verdict: 'hang', message: describeHang(unanswered) };
  }
  if (guestSilence !== undefined) return missed('channel', guestSilence);
  if (claim === 'interrupted') {
    return missed('channel', `interrupted: ${detail?.message ?? 'no reason known'}`);
  }
  return { verdict: claim };
}

function missed(missKind: MissKind, message: string): Word {
  return { verdict: 'miss', message, missKind };
}

/**
 * `miss` if QEMU was killed or crashed. A guest that ends itself was told to by something inside
 * it.
 */
function decideMachineEnd(end: UnexpectedEnd, isBooting: boolean): Word {
  const how = describeEnd(end);
  switch (end.kind) {
    case 'exit':
    case 'signal':
    case 'machine':
      return missed('machine', `the machine ended (${how}) without a word of the kernel`);
    case 'guest':
      return {
        verdict: isBooting ? 'boot-failure' : 'fail',
        message: `the guest ended by itself (${how}) without a word of its kernel`,
      };
  }
}

function decideNotReached({ notReached, agentEnd, unanswered }: Observation, why: string): Word {
  if (notReached?.step !== 'agent') return { verdict: 'boot-failure', message: why };
  const hasHung = agentEnd === undefined && unanswered !== undefined;
  return { verdict: hasHung ? 'hang' : 'fail', message: why };
}

function describeHang({ call, afterMs, health }: UnansweredCall): string {
  const state = health === 'answered' ? 'still answers' : 'no longer answers';
  // In tenths of a second: the same hang should read the same in every cell.
  const time = `${(afterMs / 1000).toFixed(1)} s`;
  return `${call} got no answer within ${time}; the agent ${state} a health call`;
}

/**
 * The signature of what no finding decided. One cause has one signature, however many assertions
 * run into it. Numbers are left out of an assertion's message: they differ from run to run.
 */
function signatureOfEnd(
  verdict: Verdict,
  { unanswered, notReached, detail, agentEnd, machineEnd }: Observation,
  cause: string | undefined,
): string | undefined {
  if (verdict === 'hang') return signatureOf({ class: verdict, title: unanswered?.call ?? '' });
  if (verdict !== 'fail' && verdict !== 'boot-failure') return undefined;
  if (cause !== undefined) return signatureOf({ class: verdict, title: cause });
  const end = machineEnd ?? agentEnd;
  const how = end === undefined ? undefined : describeEnd(end);
  const title = [notReached?.step, how ?? notReached?.why ?? detail?.message].join(' ');
  return signatureOf({ class: verdict, title: title.replaceAll(/\d+(?:\.\d+)?/g, 'N') });
}

function decide(
  verdict: Verdict,
  detail: TestDetail,
  findings: readonly Finding[] = [],
  signature?: string,
): Decision {
  const hasDetail = Object.keys(detail).length > 0;
  return omitUndefined({ verdict, signature, findings, detail: hasDetail ? detail : undefined });
}
