import type { GuestCase } from '../selftest-case.ts';

type Row = Omit<GuestCase, 'kind' | 'until' | 'setting'> & Partial<Pick<GuestCase, 'setting'>>;

/**
 * Guests that are fine: nothing in them may count as a failure, apart from faults of a scenario.
 */
const ROWS: readonly Row[] = [
  {
    name: 'all-well',
    breaks: 'nothing: a good guest with a good agent passes',
    expected: { verdict: 'pass', not: ['kernel-panic', 'kernel-oops', 'agent-panic'] },
  },
  {
    name: 'workload-prints-fakes',
    breaks: 'a workload prints panics, workflow commands, escape sequences and broken UTF-8',
    expected: { verdict: 'pass', not: ['kernel-panic', 'kernel-oops', 'agent-panic'] },
  },
  {
    name: 'console-flooded',
    breaks: 'a program writes one line of 1 MiB to the console; the guest is fine',
    isExtra: true,
    setting: { limits: { test_timeout_ms: 90_000, console_bytes: 262_144 } },
    cutLog: 'console.log',
    expected: { verdict: 'pass', not: ['kernel-panic', 'kernel-oops', 'agent-panic'] },
  },
  {
    name: 'assertion-false',
    breaks: 'an assertion of a scenario is false',
    expected: { verdict: 'fail' },
  },
  {
    name: 'scenario-broken',
    breaks: 'the scenario’s own code throws',
    isExtra: true,
    expected: { verdict: 'error' },
  },
  {
    name: 'scenario-ends-its-process',
    breaks: 'the scenario ends its own process',
    expected: { verdict: 'error', message: /process ended/ },
  },
];

export const SCENARIO_CASES = ROWS.map(
  (row): GuestCase => ({ setting: {}, ...row, kind: 'guest', until: 'scenario' }),
);
