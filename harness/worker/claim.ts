import { AssertionError } from 'chai';
import { AgentError, CallTimeout, ChannelLost } from '../agents/agent.ts';
import { ChannelFault, GuestError } from '../channel/channel-fault.ts';
import type { TestDetail } from '../events.ts';
import type { Claim } from '../verdict/decide.ts';
import { GuestLost } from './guest-lost.ts';

const TEXT_LENGTH_MAX = 4000;

/** They speak about the product: what the agent answered, did not answer, or left in the guest. */
const PRODUCT_ERRORS = [AssertionError, AgentError, CallTimeout, GuestError];
/** They speak about the guest or the way to it; the parent knows more. */
const INTERRUPTIONS = [GuestLost, ChannelLost, ChannelFault];

/** What an error thrown by a test says about it; one of no known kind is of the test's own code. */
export function claimOf(error: unknown): { claim: Claim; detail: TestDetail } {
  const detail = detailOf(error);
  const isOneOf = (kinds: readonly (abstract new (...values: never[]) => Error)[]): boolean =>
    kinds.some((kind) => error instanceof kind);
  if (isOneOf(PRODUCT_ERRORS)) return { claim: 'fail', detail };
  if (isOneOf(INTERRUPTIONS)) return { claim: 'interrupted', detail };
  return { claim: 'error', detail };
}

function detailOf(error: unknown): TestDetail {
  if (!(error instanceof Error)) return { message: `a test threw ${String(error)}` };
  const { message, stack } = error;
  const { expected, actual } = error as { expected?: unknown; actual?: unknown };
  return {
    message: firstLine(message),
    ...(stack === undefined ? {} : { text: stack.slice(0, TEXT_LENGTH_MAX) }),
    ...(expected === undefined ? {} : { expected: show(expected) }),
    ...(actual === undefined ? {} : { actual: show(actual) }),
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, TEXT_LENGTH_MAX);
}
