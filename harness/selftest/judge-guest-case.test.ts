import { expect } from 'chai';
import { BOOTS } from '../events.ts';
import type { RunReport, TestReport } from '../report/schema.ts';
import { makeFinding } from '../verdict/finding.ts';
import { judgeGuestCase } from './judge-guest-case.ts';
import type { ExpectedTest, GuestCase } from './selftest-case.ts';

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
  const guest = { number: 1, reason: 'first', command: [], ...(end === 'none' ? {} : { end }) };
  const cell = {
    ...{ id: 'k+c+v2+a', kernel: 'k', config: 'c', cgroup: 'v2', agent: 'a' },
    ...{ verdict: 'pass', totals: {}, guests: [guest], tests: [...tests], findings: [] },
  };
  return { interrupted: false, cells: [cell] } as unknown as RunReport;
}

function problemsOf(expected: ExpectedTest, run: RunReport): readonly string[] {
  const item: GuestCase = {
    kind: 'guest',
    name: 'agent-panics',
    breaks: '',
    setting: {},
    until: 'scenario',
    expected,
  };
  return judgeGuestCase(item, run).problems;
}

const right: ExpectedTest = {
  verdict: 'agent-panic',
  finding: { class: 'agent-panic', title: /purpose/ },
};

describe('the judge of the selftest', () => {
  it('finds nothing wrong if all is as expected', () => {
    expect(problemsOf(right, report([boots, panicked]))).to.deep.equal([]);
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
  ] as const) {
    it(`notices ${what}`, () => {
      expect(problemsOf(expected, run).join('\n')).to.contain(problem);
    });
  }
});
