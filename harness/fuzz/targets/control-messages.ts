import { deepStrictEqual, ok } from 'node:assert';
import { ChannelFault } from '../../channel/channel-fault.ts';
import { parseLimitedJson } from '../../channel/limited-json.ts';
import {
  type AgentExit,
  describeMismatch,
  guestMessage,
  type ResultOf,
  results,
} from '../../channel/messages.ts';
import type { RunEvent } from '../../events.ts';
import { endOf } from '../../live-guest/process-end.ts';
import { splitFacts } from '../../live-guest/said-facts.ts';
import { eventSchema } from '../../report/event-schema.ts';
import { decideVerdict } from '../../verdict/decide.ts';
import { allowRefusal, type FuzzTarget } from '../fuzz-target.ts';
import { MESSAGES, RESULTS } from './sample-messages.ts';

/** For titles and messages in reports. */
const TEXT_LENGTH_MAX = 2000;

/**
 * Whatever is accepted can be sent to a worker, written to the event log and read back.
 */
export const controlMessages: FuzzTarget = {
  name: 'control-messages',
  seeds: () => [...MESSAGES, ...RESULTS].map((one) => Buffer.from(JSON.stringify(one))),
  run: (input) => allowRefusal(ChannelFault, () => readMessage(parseLimitedJson(input))),
};

function readMessage(json: unknown): void {
  deepStrictEqual(JSON.parse(JSON.stringify(json)), withoutMinusZero(json));
  for (const schema of Object.values(results)) {
    const result = schema.safeParse(json);
    if (!result.success) ok(describeMismatch(result.error).length <= 200);
  }
  const facts = results.facts.safeParse(json);
  if (facts.success) for (const event of eventsOf(facts.data)) checkEvent(event);
  const message = guestMessage.safeParse(json);
  if (message.success && message.data.type === 'event' && message.data.name === 'agent-exit') {
    checkEvent(endEvent(message.data));
  }
}

/** JSON writes -0 as 0. */
function withoutMinusZero(json: unknown): unknown {
  return JSON.parse(JSON.stringify({ json })).json;
}

function eventsOf(result: ResultOf<'facts'>): readonly RunEvent[] {
  const { facts: bare, probed } = splitFacts(result);
  const facts = { ...bare, cgroup: 'v2', controllers: bare.v2Controllers } as const;
  const { time } = WHERE;
  return [
    { type: 'facts', time, digest: bare.probed ?? '', facts: probed },
    { type: 'guest-ready', ...WHERE, guest: 1, bootMs: 1, facts },
  ];
}

function endEvent(exit: AgentExit): RunEvent {
  const agentEnd = endOf(exit);
  const decision = decideVerdict({ kind: 'observed', claim: 'pass', findings: [], agentEnd });
  ok((decision.detail?.message ?? '').length <= TEXT_LENGTH_MAX);
  const test = { file: 'x.spec.ts', title: 'x' };
  return { type: 'test-end', ...WHERE, test, ...decision, durationMs: 1 };
}

const WHERE = { time: '2026-01-01T00:00:00.000Z', cell: 'x' };

function checkEvent(event: RunEvent): void {
  const line = JSON.stringify(event);
  deepStrictEqual(eventSchema.parse(JSON.parse(line)), JSON.parse(line));
}
