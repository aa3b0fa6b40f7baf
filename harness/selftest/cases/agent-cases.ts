import { SHORT_LIMITS } from '../case-matrix.ts';
import type { GuestCase, PlacedPanic } from '../selftest-case.ts';

type Row = Omit<GuestCase, 'kind'>;

const AT_START: readonly Row[] = [
  {
    name: 'agent-exits-at-start',
    breaks: 'the agent ends with exit code 3 instead of serving',
    isExtra: true,
    until: 'boots',
    setting: { agent: 'exit-at-start' },
    expected: { verdict: 'fail', message: /agent/ },
  },
  {
    name: 'agent-panics-at-start',
    breaks: 'the agent’s main thread panics before it serves',
    until: 'boots',
    setting: { agent: 'panic-at-start' },
    expected: {
      verdict: 'agent-panic',
      finding: { class: 'agent-panic', title: /while it starts/ },
    },
  },
  {
    name: 'agent-aborts-at-start',
    breaks: 'the agent is ended by SIGABRT before it serves',
    isExtra: true,
    until: 'boots',
    setting: { agent: 'abort-at-start' },
    expected: { verdict: 'agent-panic', finding: { class: 'agent-panic', title: /SIGABRT/ } },
  },
  {
    name: 'agent-deaf',
    breaks: 'the agent never opens its socket',
    isExtra: true,
    until: 'boots',
    setting: { agent: 'deaf', limits: SHORT_LIMITS },
    expected: { verdict: 'hang', message: /no health call/ },
  },
  {
    name: 'agent-mute',
    breaks: 'the agent accepts connections and answers nothing',
    isExtra: true,
    until: 'boots',
    setting: { agent: 'mute', limits: SHORT_LIMITS },
    expected: { verdict: 'hang', message: /no health call/ },
  },
  {
    name: 'agent-garbles',
    breaks: 'the agent answers with bytes that are not its protocol',
    isExtra: true,
    until: 'boots',
    setting: { agent: 'garble', limits: SHORT_LIMITS },
    expected: { verdict: 'hang', message: /no health call/ },
  },
];

/** In the order in which the agent panics. */
const TWO_PANICS = {
  known: {
    message: 'the agent panics on purpose, which is known',
    place: 'saboteur/src/two_panics.rs:11',
  },
  fresh: {
    message: 'the agent panics on purpose once more, which is new',
    place: 'saboteur/src/two_panics.rs:15',
  },
} as const satisfies Readonly<Record<string, PlacedPanic>>;

const FLOOD_LIMITS = { call_timeout_ms: 90_000, test_timeout_ms: 120_000 };

const IN_CALL: readonly Row[] = [
  {
    name: 'agent-panics-in-call',
    breaks: 'a thread of the agent panics in a call, which gets no answer; the process survives',
    until: 'scenario',
    setting: { agent: 'panic' },
    expected: { verdict: 'agent-panic', finding: { class: 'agent-panic', title: /in a call/ } },
  },
  {
    name: 'agent-panics-twice',
    breaks: 'the agent panics as an expectation says it will, and once more at another place',
    isExtra: true,
    until: 'scenario',
    setting: { agent: 'panic-twice', knownPanic: TWO_PANICS.known },
    expected: {
      verdict: 'agent-panic',
      finding: { class: 'agent-panic', title: /which is known/ },
      judgement: { status: 'changed', unlisted: [TWO_PANICS.fresh] },
    },
    expectedReport: { crashes: [/which is known/, /which is new/] },
  },
  {
    name: 'agent-aborts-in-call',
    breaks: 'the agent is ended by SIGABRT in a call and prints nothing',
    isExtra: true,
    until: 'scenario',
    setting: { agent: 'abort' },
    expected: { verdict: 'agent-panic', finding: { class: 'agent-panic', title: /SIGABRT/ } },
  },
  {
    name: 'agent-exits-in-call',
    breaks: 'the agent ends with exit code 3 in a call',
    until: 'scenario',
    setting: { agent: 'exit' },
    expected: { verdict: 'fail', message: /agent ended by itself: exit code 3/ },
  },
  {
    name: 'agent-hangs-in-call',
    breaks: 'a call gets no answer while the agent still answers health calls',
    until: 'scenario',
    setting: { agent: 'hang', limits: SHORT_LIMITS },
    expected: { verdict: 'hang', message: /CreateContainer got no answer .* still answers/ },
  },
  {
    name: 'agent-stopped',
    breaks: 'the reference agent is stopped by SIGSTOP and then called',
    isExtra: true,
    until: 'scenario',
    setting: { limits: SHORT_LIMITS },
    expected: { verdict: 'hang', message: /got no answer .* no longer answers/ },
  },
  {
    name: 'agent-prints-fakes',
    breaks: 'the agent prints to stdout what looks like a panic, and then hangs',
    until: 'scenario',
    setting: { agent: 'print-fakes', limits: SHORT_LIMITS },
    expected: { verdict: 'hang', not: ['kernel-panic', 'agent-panic'] },
  },
  {
    name: 'agent-floods-with-lines',
    breaks: 'the agent writes 100 MiB of lines to stderr and only then panics',
    isExtra: true,
    until: 'scenario',
    setting: { agent: 'flood-lines', limits: FLOOD_LIMITS },
    cutLog: 'agent-stderr.log',
    expected: { verdict: 'agent-panic', finding: { class: 'agent-panic', title: /after a flood/ } },
  },
  {
    name: 'agent-floods-line',
    breaks: 'the agent writes one line of 100 MiB to stderr and only then panics',
    isExtra: true,
    until: 'scenario',
    setting: { agent: 'flood-line', limits: FLOOD_LIMITS },
    cutLog: 'agent-stderr.log',
    expected: { verdict: 'agent-panic', finding: { class: 'agent-panic', title: /after a flood/ } },
  },
];

/** Agents that fail in a guest that is fine. */
export const AGENT_CASES = [...AT_START, ...IN_CALL].map(
  (row): GuestCase => ({ ...row, kind: 'guest' }),
);
