import { expect } from 'chai';
import { BOOTS } from '../events.ts';
import type { RunReport, TestReport } from '../report/schema.ts';
import { makeFinding } from '../verdict/finding.ts';
import { signatureOfPanic } from './case-expectations.ts';
import { judgeGuestCase } from './judge-guest-case.ts';
import type { ExpectedReport, ExpectedTest, GuestCase } from './selftest-case.ts';

const panic = makeFinding({
  class: 'agent-panic',
  title: 'on purpose',
  source: 'agent-stderr',
  start: 0,
  end: 10,
  excerpt: 'on purpose',
});

const boots: TestReport = { ...BOOTS, verdict: 'pass', durationMs: 1, findings: [] };

const panicked: TestReport = {
  file: 'agent.spec.ts',
  title: 'an agent › agent-panics',
  verdict: 'agent-panic',
  signature: panic.signature,
  durationMs: 1,
  detail: { message: 'on purpose' },
  findings: [panic],
};

function report(tests: readonly TestReport[], end: 'some' | 'none' = 'some'): RunReport {
  const guest = {
    number: 1,
    reason: 'first',
    from: 'boot',
    command: [],
    ...(end === 'none' ? {} : { end }),
  };
  const cell = {
    ...{ id: 'k+c+v2+a', kernel: 'k', config: 'c', cgroup: 'v2', agent: 'a' },
    ...{ verdict: 'pass', totals: {}, guests: [guest], notes: ['a note'] },
    ...{ tests: [...tests], findings: [] },
  };
  return { interrupted: false, crashes: [panic], cells: [cell] } as unknown as RunReport;
}

function problemsOf(
  expected: ExpectedTest,
  run: RunReport,
  expectedReport: ExpectedReport = {},
): readonly string[] {
  const item: GuestCase = {
    kind: 'guest',
    name: 'agent-panics',
    breaks: '',
    setting: {},
    until: 'scenario',
    expected,
    expectedReport,
  };
  return judgeGuestCase(item, run).problems;
}

const right: ExpectedTest = {
  verdict: 'agent-panic',
  finding: { class: 'agent-panic', title: /purpose/ },
};

const unlisted = { message: 'on purpose', place: 'src/a.rs:1' };
const judged: ExpectedTest = { ...right, judgement: { status: 'changed', unlisted: [unlisted] } };
const changed: TestReport = {
  ...panicked,
  judgement: { status: 'changed', line: 1, unlisted: [signatureOfPanic(unlisted)] },
};
const said: ExpectedReport = { crashes: [/purpose/], note: /note/, guests: ['boot'] };

describe('the judge of the selftest', () => {
  it('finds nothing wrong if all is as expected', () => {
    expect(problemsOf(right, report([boots, panicked]))).to.deep.equal([]);
    expect(problemsOf(judged, report([boots, changed]), said)).to.deep.equal([]);
  });

  for (const [what, expected, run, problem] of [
    ['another verdict', { ...right, verdict: 'hang' }, report([boots, panicked]), 'expected hang'],
    [
      'another message',
      { ...right, message: /call/ },
      report([boots, panicked]),
      'the message is: on purpose',
    ],
    [
      'another finding',
      { ...right, finding: { class: 'kernel-oops', title: /purpose/ } },
      report([boots, panicked]),
      'of class agent-panic',
    ],
    [
      'a finding where none decides',
      { verdict: 'agent-panic' },
      report([boots, panicked]),
      'an unexpected finding',
    ],
    [
      'a finding that must not be there',
      { ...right, not: ['agent-panic'] },
      report([boots, panicked]),
      'unexpected findings',
    ],
    [
      'no signature',
      right,
      report([boots, { ...panicked, signature: undefined } as unknown as TestReport]),
      'with signature undefined',
    ],
    [
      'a signature of what needs none',
      { verdict: 'miss' },
      report([boots, { ...panicked, verdict: 'miss', findings: [] }]),
      'miss with signature',
    ],
    ['a guest without an end', right, report([boots, panicked], 'none'), 'guest 1 has no end'],
    ['a test too many', right, report([boots, panicked, panicked]), 'expected the one test'],
    ['no test', right, report([boots]), 'there is no test'],
    ['no cell', right, report([]), 'there is no test'],
    ['no judgement', judged, report([boots, panicked]), 'judged as changed, found as-expected'],
    [
      'a crash that is not said to be unlisted',
      judged,
      report([boots, { ...panicked, judgement: { status: 'changed', line: 1 } }]),
      'to be unlisted, found none',
    ],
  ] as const) {
    it(`notices ${what}`, () => {
      expect(problemsOf(expected, run).join('\n')).to.contain(problem);
    });
  }

  for (const [what, expected, problem] of [
    ['a crash that is missing', { ...said, crashes: [/purpose/, /another/] }, 'found on purpose'],
    ['another crash', { ...said, crashes: [/another/] }, 'found on purpose'],
    ['a crash too many', { ...said, crashes: [] }, 'expected the crashes none, found on purpose'],
    ['an unconfirmed crash that is missing', { ...said, unconfirmed: [/one/] }, 'found none'],
    ['another note', { ...said, note: /another/ }, 'expected the note /another/, found a note'],
    ['guests of another origin', { ...said, guests: ['L2', 'boot'] }, 'L2, boot, found boot'],
  ] as const) {
    it(`notices ${what} in the report`, () => {
      expect(problemsOf(judged, report([boots, changed]), expected).join('\n')).to.contain(problem);
    });
  }
});
