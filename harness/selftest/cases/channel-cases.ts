import { SHORT_LIMITS } from '../case-matrix.ts';
import type { GuestCase } from '../selftest-case.ts';

type Row = Omit<GuestCase, 'kind' | 'until' | 'setting'> & Partial<Pick<GuestCase, 'setting'>>;

/** The channel to a guest breaks, or carries something forged. */
const ROWS: readonly Row[] = [
  {
    name: 'channel-garble',
    breaks: 'a program writes garbage to the control channel behind init’s back',
    expected: { verdict: 'miss', message: /expected|frame/ },
  },
  {
    name: 'channel-forge-answer',
    breaks: 'a program forges an answer from init, in a valid frame',
    isExtra: true,
    expected: { verdict: 'miss', message: /expected message \d+, found 1000000/ },
  },
  {
    name: 'channel-half-frame',
    breaks: 'a program writes half a frame, which init’s next one completes',
    isExtra: true,
    expected: { verdict: 'miss' },
  },
  {
    name: 'channel-swallow',
    breaks: 'a program reads what the host sends, so that init never sees it',
    isExtra: true,
    setting: { limits: SHORT_LIMITS },
    expected: { verdict: 'miss', message: /no answer to|no heartbeat/ },
  },
  {
    name: 'init-stopped',
    breaks: 'init’s main thread is stopped: no heartbeats, no answers; the agent is fine',
    isExtra: true,
    setting: { limits: { ...SHORT_LIMITS, call_timeout_ms: 8000 } },
    expected: { verdict: 'miss', message: /no heartbeat/ },
  },
  {
    name: 'drain-unanswered',
    breaks: 'init stands still at the end of a test that passes: its output cannot be read',
    expected: { verdict: 'miss', message: /not all that the guest said could be read/ },
  },
  {
    name: 'channel-spoiled-once',
    breaks: 'the control channel is garbled in the first attempt, and the second one passes',
    setting: { missRetries: 1 },
    expected: { verdict: 'pass', isFlaky: true },
  },
  {
    name: 'channel-cut',
    breaks: 'the host’s end of the control channel is closed while a test runs',
    setting: { hostSabotage: 'cut-channel' },
    expected: { verdict: 'miss', message: /closed/ },
  },
  {
    name: 'machine-killed',
    breaks: 'QEMU is killed by SIGKILL while a test runs',
    setting: { hostSabotage: 'kill-machine' },
    expected: { verdict: 'miss', message: /the machine ended \(SIGKILL\)/ },
  },
  {
    name: 'machine-stopped',
    breaks: 'QEMU is stopped by SIGSTOP while a test runs, as on a host that is suspended',
    isExtra: true,
    setting: { hostSabotage: 'stop-machine', limits: SHORT_LIMITS },
    expected: { verdict: 'miss', message: /no heartbeat/ },
  },
];

export const CHANNEL_CASES = ROWS.map(
  (row): GuestCase => ({ setting: {}, ...row, kind: 'guest', until: 'scenario' }),
);
