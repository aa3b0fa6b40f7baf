/** How the tests of the sample run end, and what was seen as they did. */
import type { TestDetail, TestId } from '../../events.ts';
import { type Finding, makeFinding } from '../../verdict/finding.ts';
import type { Verdict } from '../../verdict/verdict.ts';

/** What a hostile guest may print: terminal, XML, Markdown, CI commands, broken text. */
export const HOSTILE =
  '\u001b[2J\u001b]0;owned\u0007</failure>]]><!-- & "\' ' +
  '\u0000\ud800\ufffe\u202e ::error::x\r\n| `a`';

export const PANIC: Finding = makeFinding({
  class: 'agent-panic',
  title: 'called Option::unwrap() on a None value at agent/src/cgroups/unguarded.rs:73',
  place: 'agent/src/cgroups/unguarded.rs:73',
  source: 'agent-stderr',
  start: 100,
  end: 260,
  excerpt: "thread 'tokio-rt-worker' (80) panicked at agent/src/cgroups/unguarded.rs:73:67:",
});

/** In no test of the sample run by itself. */
export const OTHER_PANIC: Finding = makeFinding({
  ...PANIC,
  title: 'another at agent/src/rpc.rs:9',
  place: 'agent/src/rpc.rs:9',
});

const OOPS: Finding = makeFinding({
  class: 'kernel-oops',
  title: 'BUG: kernel NULL pointer dereference in cpuset_attach',
  place: 'cpuset_attach',
  source: 'console',
  start: 22_000,
  end: 24_000,
  excerpt: 'BUG: kernel NULL pointer dereference, address: 0000000000000010',
});

const KERNEL_PANIC: Finding = makeFinding({
  ...OOPS,
  class: 'kernel-panic',
  title: `Kernel panic: Fatal exception, after ${OOPS.title}`,
  start: 24_000,
  end: 24_100,
  excerpt: 'Kernel panic - not syncing: Fatal exception',
});

export const LOOSE: Finding = makeFinding({
  ...OOPS,
  title: 'WARNING in css_free_rwork_fn',
  place: 'css_free_rwork_fn',
  start: 30_000,
  end: 31_000,
  excerpt: 'WARNING: CPU: 1 PID: 38 at kernel/cgroup/cgroup.c:1 css_free_rwork_fn+0x1/0x2',
});

export const TESTS: readonly TestId[] = [
  { file: 'lifecycle/container.spec.ts', title: 'container › runs and is removed' },
  { file: 'cpuset/pinning.spec.ts', title: 'cpuset › pins a container to one CPU' },
  { file: 'memory/limit.spec.ts', title: 'memory › ends what takes more than its limit' },
  { file: 'freezer/pause.spec.ts', title: 'pause › stops a busy container' },
];

export interface End {
  readonly verdict: Verdict;
  readonly detail?: TestDetail;
  readonly findings?: readonly Finding[];
}

const PASS: End = { verdict: 'pass' };
const NO_MEMORY: End = {
  verdict: 'skip',
  detail: { message: 'needs memory, which the guest does not offer' },
};
const PANICKED: End = {
  verdict: 'agent-panic',
  detail: { message: PANIC.title, call: 'CreateContainer' },
  findings: [PANIC],
};

/** How the four tests of each cell end; the ninth cell has a kernel that could not be fetched. */
export const ENDS: readonly (readonly End[])[] = [
  [PASS, PASS, PASS, PASS],
  [PASS, PASS, PASS, PASS],
  [
    PASS,
    PASS,
    PASS,
    { verdict: 'error', detail: { message: 'container is not a function', text: HOSTILE } },
  ],
  [PASS, PASS, PASS, PASS],
  [
    PASS,
    {
      verdict: 'fail',
      detail: { message: HOSTILE, text: HOSTILE, expected: '0', actual: HOSTILE },
    },
    NO_MEMORY,
    PASS,
  ],
  [
    PANICKED,
    PANICKED,
    NO_MEMORY,
    {
      verdict: 'hang',
      detail: {
        message:
          'PauseContainer got no answer within 5000 ms; the agent still answers a health call',
        call: 'PauseContainer',
      },
    },
  ],
  [
    PASS,
    {
      verdict: 'kernel-panic',
      detail: { message: KERNEL_PANIC.title },
      findings: [KERNEL_PANIC, OOPS],
    },
    PASS,
    PASS,
  ],
  [
    PANICKED,
    {
      verdict: 'miss',
      detail: { message: 'the machine ended (SIGKILL) without a word of the kernel' },
    },
    PASS,
    PASS,
  ],
];
