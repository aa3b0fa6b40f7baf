import { expect } from 'chai';
import fc from 'fast-check';
import { omitUndefined } from '../omit-undefined.ts';
import { decideVerdict, type Observation } from './decide.ts';
import { type Finding, type FindingClass, makeFinding } from './finding.ts';
import type { GuestEndReason } from './unexpected-end.ts';
import { isGood, VERDICTS, type Verdict } from './verdict.ts';

function finding(kind: FindingClass, title: string, rest: Partial<Finding> = {}): Finding {
  return makeFinding({
    class: kind,
    title,
    source: 'console',
    start: 1,
    end: 2,
    excerpt: title,
    ...rest,
  });
}

const panic = finding('kernel-panic', 'Kernel panic: sysrq triggered crash');
const initDeath = finding(
  'kernel-panic',
  'Kernel panic: Attempted to kill init! (exit status 101)',
);
const oops = finding('kernel-oops', 'WARNING in charge');
const agentPanic = finding('agent-panic', 'no cpuset at src/x.rs:1', { source: 'agent-stderr' });
const noInit = finding('boot-failure', 'No working init found');
const initGaveUp = finding('boot-failure', 'init gave up: no port', { source: 'init' });

const killed = { kind: 'signal', name: 'SIGKILL' } as const;
const hung = { call: 'CreateContainer', afterMs: 5000, health: 'answered' } as const;
const silent = { ...hung, health: 'silent' } as const;
const notReached = { step: 'init', why: 'no working init' } as const;

/** What is known, the verdict, and a part of the message. */
const CASES: Readonly<Record<string, readonly [Partial<Observation>, Verdict, string?]>> = {
  'a pass of which nothing bad is known': [{}, 'pass'],
  'a skip': [{ claim: 'skip', detail: { message: 'needs v1' } }, 'skip', 'needs v1'],
  'a failed assertion': [
    { claim: 'fail', detail: { message: '1 is not 2' } },
    'fail',
    '1 is not 2',
  ],
  'a broken scenario': [{ claim: 'error', detail: { message: 'x is null' } }, 'error', 'x is null'],
  'a worker that was interrupted for no known reason': [
    { claim: 'interrupted' },
    'miss',
    'interrupted',
  ],

  'a pass while the agent panicked': [{ findings: [agentPanic] }, 'agent-panic', 'no cpuset'],
  'a pass of a guest in which a program spoke of a boot that is stuck': [
    { findings: [finding('boot-failure', 'systemd froze')] },
    'pass',
  ],
  'a silent boot in which systemd froze': [
    { claim: 'interrupted', notReached, findings: [finding('boot-failure', 'systemd froze')] },
    'boot-failure',
    'systemd froze',
  ],
  'a pass while the kernel warned': [{ findings: [oops] }, 'kernel-oops', 'WARNING'],
  'a skip while the kernel died': [{ claim: 'skip', findings: [panic] }, 'kernel-panic'],
  'a failed assertion after an agent panic': [
    { claim: 'fail', findings: [agentPanic] },
    'agent-panic',
  ],
  'a call that hung after an agent panic': [
    { claim: 'fail', unanswered: hung, findings: [agentPanic] },
    'agent-panic',
    'no cpuset',
  ],
  'an agent panic, then an oops': [{ findings: [agentPanic, oops] }, 'kernel-oops', 'WARNING'],
  'an oops, then a kernel panic': [{ findings: [oops, panic] }, 'kernel-panic', 'sysrq'],
  'an agent panic, then a kernel panic of its own': [
    { findings: [agentPanic, panic] },
    'kernel-panic',
  ],
  'an agent that took init along': [
    { findings: [agentPanic, initDeath] },
    'agent-panic',
    'no cpuset',
  ],
  'an agent that took init along after an oops': [
    { findings: [oops, agentPanic, initDeath] },
    'kernel-oops',
  ],
  'init that died by itself': [{ findings: [initDeath] }, 'kernel-panic', 'Attempted to kill init'],

  'a kernel that died, then the machine': [
    {
      claim: 'interrupted',
      findings: [panic],
      machineEnd: { kind: 'guest', reason: 'reset' },
    },
    'kernel-panic',
    'sysrq',
  ],
  'a machine killed after an oops': [{ findings: [oops], machineEnd: killed }, 'kernel-oops'],
  'a machine killed after an agent panic': [
    { findings: [agentPanic], machineEnd: killed },
    'agent-panic',
  ],
  'a machine that was killed': [{ claim: 'interrupted', machineEnd: killed }, 'miss', 'SIGKILL'],
  'a machine that was killed when the test had passed': [{ machineEnd: killed }, 'miss'],
  'a machine that was killed when the test was skipped': [
    { claim: 'skip', machineEnd: killed },
    'miss',
  ],
  'a machine that was killed while a call hung': [
    { claim: 'fail', machineEnd: killed, unanswered: silent },
    'miss',
    'SIGKILL',
  ],
  'a machine that the host asked to end': [
    { machineEnd: { kind: 'machine', reason: 'host-signal' } },
    'miss',
    'host-signal',
  ],
  'a machine that crashed': [{ machineEnd: { kind: 'machine', reason: 'internal-error' } }, 'miss'],
  'a machine that says that the kernel panicked': [
    { machineEnd: { kind: 'guest', reason: 'panic' } },
    'kernel-panic',
    'guest-panic',
  ],
  'a guest that reset itself without a word': [
    { machineEnd: { kind: 'guest', reason: 'reset' } },
    'kernel-panic',
    'guest-reset',
  ],
  'a guest that was powered off from within': [
    { machineEnd: { kind: 'guest', reason: 'shutdown' } },
    'fail',
    'guest-shutdown',
  ],

  'an agent that a signal ended': [
    { agentEnd: { kind: 'signal', name: 'SIGSEGV' } },
    'agent-panic',
    'SIGSEGV',
  ],
  'an agent that a signal ended while a call hung': [
    { claim: 'fail', unanswered: silent, agentEnd: { kind: 'signal', name: 'SIGABRT' } },
    'agent-panic',
    'SIGABRT',
  ],
  'an agent that panicked and was ended by it': [
    { findings: [agentPanic], agentEnd: { kind: 'signal', name: 'SIGABRT' } },
    'agent-panic',
    'no cpuset',
  ],
  'an agent that ended as Rust programs do that panicked': [
    { agentEnd: { kind: 'exit', code: 101 } },
    'agent-panic',
    'exit code 101',
  ],
  'an agent that ended by itself': [
    { claim: 'interrupted', unanswered: silent, agentEnd: { kind: 'exit', code: 1 } },
    'fail',
    'exit code 1',
  ],
  'an agent that died with the machine': [
    { machineEnd: killed, agentEnd: { kind: 'signal', name: 'SIGBUS' } },
    'agent-panic',
  ],

  'a call that hung': [
    { claim: 'fail', unanswered: hung },
    'hang',
    'CreateContainer got no answer',
  ],
  'a call that hung with an agent that is stuck': [
    { claim: 'fail', unanswered: silent },
    'hang',
    'no longer',
  ],
  'a call that hung in a test that passed all the same': [{ unanswered: hung }, 'hang'],
  'a call that hung in a guest that fell silent': [
    { claim: 'fail', unanswered: silent, guestSilence: 'no heartbeat' },
    'miss',
    'no heartbeat',
  ],
  'a call that hung though init fell silent, the agent did not': [
    { claim: 'fail', unanswered: hung, guestSilence: 'no heartbeat' },
    'hang',
  ],
  'a lost channel': [
    { claim: 'interrupted', guestSilence: 'channel closed' },
    'miss',
    'channel closed',
  ],
  'a lost channel of a test that passed': [{ guestSilence: 'channel closed' }, 'miss'],

  'a silent boot': [{ claim: 'interrupted', notReached }, 'boot-failure', 'no working init'],
  'a kernel without an init': [
    { claim: 'interrupted', notReached, findings: [noInit] },
    'boot-failure',
    'No working',
  ],
  'a kernel that panicked in boot': [
    { claim: 'interrupted', notReached, findings: [panic] },
    'kernel-panic',
  ],
  'a guest that reset itself in boot': [
    { claim: 'interrupted', notReached, machineEnd: { kind: 'guest', reason: 'reset' } },
    'boot-failure',
    'guest-reset',
  ],
  'a machine that was killed in boot': [
    { claim: 'interrupted', notReached, machineEnd: killed },
    'miss',
  ],
  'init that gave up in boot': [
    { claim: 'interrupted', notReached, findings: [initGaveUp] },
    'boot-failure',
    'init gave up',
  ],
  'init that gave up in a guest that was up': [
    {
      claim: 'interrupted',
      findings: [initGaveUp],
      machineEnd: { kind: 'guest', reason: 'shutdown' },
    },
    'miss',
    'init gave up',
  ],
  'an agent panic, then init that gave up': [{ findings: [agentPanic, initGaveUp] }, 'agent-panic'],
  'a cgroup mode that could not be mounted': [
    { claim: 'interrupted', notReached: { step: 'cgroups', why: 'cgroups: ENODEV' } },
    'boot-failure',
    'ENODEV',
  ],
  'an agent that did not come up': [
    { claim: 'interrupted', notReached: { step: 'agent', why: 'agent start: ENOENT' } },
    'fail',
    'ENOENT',
  ],
  'an agent that came up and never answered': [
    { claim: 'interrupted', unanswered: silent, notReached: { step: 'agent', why: 'no health' } },
    'hang',
    'no health',
  ],
  'an agent that panicked as it came up': [
    { claim: 'interrupted', notReached: { step: 'agent', why: 'gone' }, findings: [agentPanic] },
    'agent-panic',
  ],
};

describe('a verdict', () => {
  for (const [name, [evidence, verdict, message]] of Object.entries(CASES)) {
    it(`of ${name} is ${verdict}`, () => {
      const decision = decideVerdict({
        kind: 'observed',
        claim: 'pass',
        findings: [],
        ...evidence,
      });
      expect(decision.verdict).to.equal(verdict);
      if (message !== undefined) expect(decision.detail?.message).to.contain(message);
      for (const one of evidence.findings ?? []) expect(decision.findings).to.include(one);
      if (evidence.unanswered) expect(decision.detail?.call).to.equal('CreateContainer');
    });
  }

  it('of a host’s fault is miss, with the fault', () => {
    expect(decideVerdict({ kind: 'host-fault', message: 'no QEMU' })).to.deep.equal({
      verdict: 'miss',
      findings: [],
      detail: { message: 'no QEMU', missKind: 'host' },
    });
  });

  it('that is a miss says of which kind', () => {
    const kindOf = (rest: Partial<Observation>) =>
      decideVerdict({ kind: 'observed', claim: 'pass', findings: [], ...rest }).detail?.missKind;
    expect(kindOf({ machineEnd: killed })).to.equal('machine');
    expect(kindOf({ guestSilence: 'control channel: it was closed' })).to.equal('channel');
    expect(kindOf({ claim: 'interrupted' })).to.equal('channel');
    expect(kindOf({ findings: [initGaveUp] })).to.equal('channel');
    expect(kindOf({ unseen: 'init did not answer' })).to.equal('output');
    expect(kindOf({ claim: 'fail', unseen: 'init did not answer' })).to.equal(undefined);
  });

  it('is neither pass nor skip while the guest may have said more, and says so in any case', () => {
    const unseen = "only 229376 of 327490 bytes on the agent's stderr were read";
    for (const claim of ['pass', 'skip'] as const) {
      const decision = decideVerdict({ kind: 'observed', claim, findings: [], unseen });
      expect(decision.verdict, claim).to.equal('miss');
      expect(decision.detail?.message).to.include(unseen);
    }
    const failed = decideVerdict({
      ...{ kind: 'observed', claim: 'fail', findings: [], unseen },
      detail: { message: 'expected 1 to equal 2' },
    });
    expect(failed).to.include({ verdict: 'fail' });
    expect(failed.detail).to.include({ message: 'expected 1 to equal 2', unseen });
    const crashed = decideVerdict({ kind: 'observed', claim: 'pass', findings: [panic], unseen });
    expect(crashed.verdict).to.equal('kernel-panic');
  });

  it('comes with the finding that decided first, and the others as they came', () => {
    const { findings } = decideVerdict({
      kind: 'observed',
      claim: 'pass',
      findings: [initDeath, agentPanic],
    });
    expect(findings).to.deep.equal([agentPanic, initDeath]);
    const other = decideVerdict({
      kind: 'observed',
      claim: 'pass',
      findings: [agentPanic, oops, panic],
    });
    expect(other.findings).to.deep.equal([panic, agentPanic, oops]);
  });

  it('is never good if anything bad is known, and never better for knowing more', () => {
    const optional = <T>(value: T) => fc.option(fc.constant(value), { nil: undefined });
    const bad = fc.record({
      findings: fc.subarray([panic, oops, agentPanic, noInit, initGaveUp]),
      machineEnd: fc.option(
        fc.constantFrom(
          killed,
          { kind: 'guest', reason: 'reset' } as const,
          { kind: 'machine', reason: 'io-error' } as const,
        ),
        { nil: undefined },
      ),
      agentEnd: optional(killed),
      guestSilence: optional('no heartbeat'),
      unanswered: fc.option(fc.constantFrom(hung, silent), { nil: undefined }),
      notReached: optional(notReached),
    });
    fc.assert(
      fc.property(
        fc.constantFrom('pass', 'skip', 'fail', 'error', 'interrupted'),
        bad,
        (claim, known) => {
          const entries = Object.entries(known).filter(([, value]) => value !== undefined);
          const evidence = {
            kind: 'observed',
            claim,
            findings: known.findings,
            ...Object.fromEntries(entries),
          } as Observation;
          const isBad = claim === 'interrupted' || entries.length > 1 || known.findings.length > 0;
          const { verdict, detail } = decideVerdict(evidence);
          if (isBad) expect(isGood(verdict)).to.equal(false);
          if (isBad) expect(detail?.message).to.be.a('string').that.is.not.empty;
          const worse = decideVerdict({ ...evidence, findings: [...evidence.findings, panic] });
          expect(VERDICTS.indexOf(worse.verdict)).to.be.at.most(VERDICTS.indexOf(verdict));
        },
      ),
    );
  });

  it('blames what executes the guest for registers that no processor can have', () => {
    const impossible = finding('kernel-oops', 'double fault in f', {
      impossible: 'EFLAGS 05a262e2, in which bit 23 is wrong',
    });
    const decide = (accelerator: string, claim: 'pass' | 'fail' = 'pass') =>
      decideVerdict({
        ...{ kind: 'observed', claim, executor: { accelerator, version: '7.2.22' } },
        findings: [agentPanic, impossible, panic],
      });
    for (const claim of ['pass', 'fail'] as const) {
      const { verdict, detail, signature } = decide('tcg', claim);
      expect({ verdict, signature, missKind: detail?.missKind }).to.deep.equal({
        ...{ verdict: 'miss', signature: undefined, missKind: 'emulator' },
      });
    }
    expect(decide('tcg').detail?.message).to.match(
      /QEMU 7\.2\.22.*EFLAGS 05a262e2.*docs\/qemu\.md/,
    );
    expect(decide('kvm').detail).to.deep.include({ missKind: 'machine' });
    expect(decide('kvm').detail?.message).to.match(/^the host's processor or its hypervisor/);
    expect(decide('kvm').findings).to.have.length(3);
  });

  it('keeps an agent’s death by a signal that its panic does not explain', () => {
    const titles = (name: string) =>
      decideVerdict({
        ...{ kind: 'observed', claim: 'pass', findings: [agentPanic] },
        agentEnd: { kind: 'signal', name },
      }).findings.map(({ title }) => title);
    expect(titles('SIGABRT')).to.deep.equal([agentPanic.title]);
    expect(titles('SIGSEGV')).to.deep.equal([agentPanic.title, 'the agent died: SIGSEGV']);
    expect(titles('SIGKILL')).to.deep.equal([agentPanic.title, 'the agent died: SIGKILL']);
  });

  it('has the agent’s last words where they may explain it, and nowhere else', () => {
    const lastWords = { source: 'agent-stderr', lines: ['Error: EOPNOTSUPP'] } as const;
    const wordsWith = (rest: Partial<Observation>) => {
      const known = { kind: 'observed', claim: 'pass', findings: [], lastWords } as const;
      return decideVerdict({ ...known, ...rest }).detail?.lastWords;
    };
    const agentEnd = { kind: 'exit', code: 1 } as const;
    for (const rest of [
      { claim: 'interrupted', agentEnd, notReached: { step: 'agent', why: 'it ended' } },
      { claim: 'fail', detail: { message: 'CreateContainer was refused' } },
      { findings: [agentPanic] },
      { unanswered: hung },
    ] as const) {
      expect(wordsWith(rest), JSON.stringify(rest)).to.equal(lastWords);
    }
    for (const rest of [
      {},
      { claim: 'skip' },
      { findings: [oops] },
      { machineEnd: killed },
    ] as const) {
      expect(wordsWith(rest), JSON.stringify(rest)).to.equal(undefined);
    }
  });

  describe('its signature', () => {
    const signatureOf = (evidence: Partial<Observation>): string | undefined =>
      decideVerdict({ kind: 'observed', claim: 'interrupted', findings: [], ...evidence })
        .signature;
    const boot = (why: string): Partial<Observation> => ({ notReached: { step: 'init', why } });
    const ended = (reason: GuestEndReason): Partial<Observation> => ({
      ...boot('the machine ended'),
      machineEnd: { kind: 'guest', reason },
    });

    it('tells apart guests that do not come up for different reasons', () => {
      const signatures = [
        boot('init said nothing for 25000 ms; the console is empty'),
        boot('init said nothing for 25000 ms; init was started'),
        { notReached: { step: 'cgroups', why: 'ENODEV' } as const },
        ended('reset'),
        ended('reboot'),
        ended('shutdown'),
      ].map(signatureOf);
      expect(new Set(signatures).size).to.equal(signatures.length);
    });

    it('is the same where only limits and measured numbers differ', () => {
      const [one, other] = [25_000, 60_000].map((ms) => signatureOf(boot(`nothing for ${ms} ms`)));
      expect(one).to.be.a('string').and.to.equal(other);
      const fails = ['expected 0.41 to be below 0.35', 'expected 0.5 to be below 0.35'];
      const [first, second] = fails.map((message) =>
        signatureOf({ claim: 'fail', detail: { message } }),
      );
      expect(first).to.be.a('string').and.to.equal(second);
    });

    it('is that of the cause where the assertion knows of one', () => {
      const failed = (detail: Observation['detail'], rest: Partial<Observation> = {}) =>
        signatureOf({ claim: 'fail', ...omitUndefined({ detail }), ...rest });
      const cause = 'pids.max is not what CreateContainer asked for';
      const one = failed({ message: 'pids.max of /kmx/c3 is max', cause });
      const other = failed({ message: 'expected [ 51, 51 ] to deeply equal [ 5, 6 ]', cause });
      expect(one).to.be.a('string').and.to.equal(other);
      expect(one).not.to.equal(failed({ message: 'pids.max of /kmx/c3 is max' }));
      expect(one).not.to.equal(failed({ message: 'x', cause: 'another cause' }));
    });

    it('is not that of the cause where something else decided, which is dropped then', () => {
      const detail = { message: 'pids.max is max', cause: 'pids.max is not as asked for' };
      const ended = decideVerdict({
        kind: 'observed',
        claim: 'fail',
        findings: [],
        detail,
        agentEnd: { kind: 'exit', code: 1 },
      });
      expect(ended.detail).to.deep.equal({ message: 'the agent ended by itself: exit code 1' });
      const { cause: _, ...plain } = detail;
      const agentEnd = { kind: 'exit', code: 1 } as const;
      expect(ended.signature).to.equal(signatureOf({ claim: 'fail', detail: plain, agentEnd }));
      expect(signatureOf({ claim: 'error', detail })).to.equal(undefined);
    });

    it('is that of the finding where one decided, and of the call where one hung', () => {
      expect(signatureOf({ findings: [agentPanic] })).to.equal(agentPanic.signature);
      const hangs = ['CreateContainer', 'StartContainer'].map((call) =>
        signatureOf({ claim: 'fail', unanswered: { ...hung, call } }),
      );
      expect(new Set(hangs).size).to.equal(2);
    });

    it('is absent where nothing of the product was measured, or nothing was wrong with it', () => {
      for (const claim of ['pass', 'skip', 'error', 'interrupted'] as const) {
        expect(signatureOf({ claim }), claim).to.equal(undefined);
      }
    });
  });
});
