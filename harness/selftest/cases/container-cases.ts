import { SHORT_LIMITS } from '../case-matrix.ts';
import type { EngineCase, GuestCase, GuestSetting } from '../selftest-case.ts';

type Row = Omit<GuestCase, 'kind' | 'until' | 'setting'> &
  Partial<Pick<GuestCase, 'until'>> & { readonly setting?: Omit<GuestSetting, 'machine'> };

const CRASHES = ['kernel-panic', 'kernel-oops', 'agent-panic'];

/** Guests in containers, on the kernel of this host. None may leave anything on it. */
const ROWS: readonly Row[] = [
  {
    name: 'container-well',
    breaks: 'nothing: a good agent in a container passes',
    expected: { verdict: 'pass', not: CRASHES },
  },
  {
    name: 'container-silent',
    breaks: 'the first process of a container connects to the host and never says hello',
    isExtra: true,
    until: 'boots',
    setting: { firstProcess: 'silent', limits: { ...SHORT_LIMITS, boot_timeout_ms: 4000 } },
    expected: { verdict: 'boot-failure', message: /init said nothing/ },
  },
  {
    name: 'container-ends-early',
    breaks: 'the first process of a container connects to the host and ends',
    until: 'boots',
    setting: { firstProcess: 'exit' },
    expected: { verdict: 'boot-failure', message: /ended by itself/ },
  },
  {
    name: 'container-killed',
    breaks: 'somebody kills the container through its engine while a test runs',
    setting: { hostSabotage: 'kill-machine' },
    expected: { verdict: 'miss', message: /killed/ },
  },
  {
    name: 'container-without-image',
    breaks: 'somebody removes the image before the container is created',
    setting: { hostSabotage: 'remove-image' },
    expected: { verdict: 'pass', not: CRASHES },
  },
  {
    name: 'container-full',
    breaks: 'a program fills whatever can be written to in the container; the host keeps its disk',
    expected: { verdict: 'pass', not: CRASHES },
  },
  {
    name: 'container-floods',
    breaks: 'the agent writes 100 MiB of lines to stderr in a container and only then panics',
    setting: { agent: 'flood-lines', limits: { console_bytes: 1_048_576 } },
    cutLog: 'agent-stderr.log',
    expected: { verdict: 'agent-panic', finding: { class: 'agent-panic', title: /after a flood/ } },
  },
  {
    name: 'container-cgroup-held',
    breaks:
      'a process of the host keeps a cgroup of the container busy, so that it cannot be removed',
    lacks: () => (process.getuid?.() === 0 ? undefined : 'only root can move a process there'),
    setting: { hostSabotage: 'hold-cgroup' },
    expected: { verdict: 'pass', not: CRASHES },
    expectedReport: { note: /the cgroup .* is left behind: in it runs process \d+/ },
  },
];

const GUESTS = ROWS.map(
  ({ setting, ...row }): GuestCase => ({
    until: 'scenario',
    ...row,
    kind: 'guest',
    setting: { ...setting, machine: 'container' },
  }),
);

const ENGINES: readonly EngineCase[] = [
  {
    kind: 'engine',
    name: 'engine-halted',
    breaks: 'the container engine is ended while a test runs, and then started again',
    lacks: ({ canStartEngine }) =>
      canStartEngine
        ? undefined
        : 'a container engine of our own needs root, dockerd, containerd and runc',
    expected: { exitCode: 1, output: /^miss .*(engine|killed)/m },
  },
];

export const CONTAINER_CASES = [...GUESTS, ...ENGINES];
