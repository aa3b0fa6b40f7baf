import { SHORT_LIMITS } from '../case-matrix.ts';
import type { GuestCase } from '../selftest-case.ts';

type Row = Omit<GuestCase, 'kind' | 'until'>;

/** Guests that never come up, because of their first process or their kernel's image. */
const ROWS: readonly Row[] = [
  {
    name: 'init-exits',
    breaks: 'PID 1 ends with exit code 3 at once',
    setting: { firstProcess: 'exit' },
    expected: {
      verdict: 'kernel-panic',
      finding: { class: 'kernel-panic', title: /Attempted to kill init! \(exit status 3\)/ },
    },
  },
  {
    name: 'init-panics',
    breaks: 'PID 1 panics, as an agent that is init would',
    setting: { firstProcess: 'panic' },
    expected: {
      verdict: 'agent-panic',
      finding: { class: 'agent-panic', title: /panics on purpose/ },
    },
  },
  {
    name: 'init-aborts',
    // The kernel does not deliver SIGABRT to PID 1; what abort(3) does next ends in SIGSEGV.
    breaks: 'PID 1 aborts and is ended by a signal',
    isExtra: true,
    setting: { firstProcess: 'abort' },
    expected: {
      verdict: 'kernel-panic',
      finding: { class: 'kernel-panic', title: /Attempted to kill init! \(SIGSEGV\)/ },
    },
  },
  {
    name: 'init-missing',
    breaks: 'the kernel is told to run an init that does not exist',
    isExtra: true,
    setting: { bootParameters: ['rdinit=/nowhere'] },
    expected: { verdict: 'boot-failure', finding: { class: 'boot-failure', title: /root fs/ } },
  },
  {
    name: 'init-reboots',
    breaks: 'PID 1 reboots the guest, and would do so again and again',
    setting: { firstProcess: 'reboot' },
    expected: { verdict: 'boot-failure', message: /ended by itself \(guest-reboot\)/ },
  },
  {
    name: 'init-powers-off',
    breaks: 'PID 1 powers the guest off before it has said hello',
    isExtra: true,
    setting: { firstProcess: 'power-off' },
    expected: { verdict: 'boot-failure', message: /ended by itself \(guest-shutdown\)/ },
  },
  {
    name: 'init-garbles-channel',
    breaks: 'the first bytes on the control channel are not a frame',
    setting: { firstProcess: 'garble-hello' },
    expected: { verdict: 'boot-failure', message: /no working init: .*begin with KMXF/ },
  },
  {
    name: 'init-forges-pass',
    breaks: 'PID 1 says hello and then claims, in a valid frame, that the test has passed',
    setting: { firstProcess: 'forge-pass' },
    expected: { verdict: 'boot-failure', message: /a guest may not send such a message/ },
  },
  {
    name: 'init-nests-deep',
    breaks: 'PID 1 says hello with a value that is nested 5,000 deep',
    setting: { firstProcess: 'nest-hello' },
    expected: { verdict: 'boot-failure', message: /no working init: control channel/ },
  },
  {
    name: 'init-silent',
    breaks: 'PID 1 runs and never says hello',
    isExtra: true,
    setting: { firstProcess: 'silent', limits: SHORT_LIMITS },
    expected: { verdict: 'boot-failure', message: /init said nothing .* init was started/ },
  },
  {
    name: 'init-floods-console',
    breaks: 'PID 1 prints to the console without end and never says hello',
    isExtra: true,
    setting: { firstProcess: 'flood', limits: { ...SHORT_LIMITS, console_bytes: 65_536 } },
    cutLog: 'console.log',
    expected: { verdict: 'boot-failure', message: /init said nothing/ },
  },
  {
    name: 'kernel-damaged',
    breaks: 'bytes in the middle of the kernel’s image are overwritten: it boots silently',
    isExtra: true,
    setting: { kernel: 'damaged', limits: SHORT_LIMITS },
    expected: { verdict: 'boot-failure', message: /no working init/ },
  },
  {
    name: 'kernel-cut',
    breaks: 'the second half of the kernel’s image is missing',
    isExtra: true,
    setting: { kernel: 'cut', limits: SHORT_LIMITS },
    // Depending on its compression, a kernel with half of its data resets the machine or hangs.
    expected: { verdict: 'boot-failure', message: /ended by itself|no working init/ },
  },
];

export const BOOT_CASES = ROWS.map((row): GuestCase => ({ ...row, kind: 'guest', until: 'boots' }));
