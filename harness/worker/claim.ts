import { inspect } from 'node:util';
import { AssertionError } from 'chai';
import { AgentError, CallTimeout, ChannelLost } from '../agents/agent.ts';
import { ChannelFault, GuestError } from '../channel/channel-fault.ts';
import type { TestDetail } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { beginningOf, cut } from '../text.ts';
import type { Claim } from '../verdict/decide.ts';
import { GuestLost } from './guest-lost.ts';

const TEXT_LENGTH_MAX = 4000;
const MESSAGE_LENGTH_MAX = 1000;

/** Errors about the product: what the agent answered, did not answer, or left in the guest. */
const PRODUCT_ERRORS = [AssertionError, AgentError, CallTimeout, GuestError];
/** Errors about the guest or the way to it; the parent knows more. */
const INTERRUPTIONS = [GuestLost, ChannelLost, ChannelFault];

/** The claim that follows from a test's error; any other kind of error is a bug in the test. */
export function claimOf(error: unknown): { claim: Claim; detail: TestDetail } {
  const detail = detailOf(error);
  const isOneOf = (kinds: readonly (abstract new (...values: never[]) => Error)[]): boolean =>
    kinds.some((kind) => error instanceof kind);
  if (isOneOf(PRODUCT_ERRORS)) return { claim: 'fail', detail };
  if (isOneOf(INTERRUPTIONS)) return { claim: 'interrupted', detail };
  return { claim: 'error', detail };
}

function detailOf(error: unknown): TestDetail {
  if (!(error instanceof Error))
    return { message: cut(`a test threw ${String(error)}`, MESSAGE_LENGTH_MAX) };
  const { message, stack } = error;
  const { expected, actual } = error as { expected?: unknown; actual?: unknown };
  return omitUndefined({
    message: firstLine(message),
    text: stack && cut(stack, TEXT_LENGTH_MAX),
    expected: show(expected),
    actual: show(actual),
    cause: causeOf(error),
  });
}

/** Only assertions have a text as `cause`; that of any other error is another error. */
function causeOf(error: Error): string | undefined {
  const isNamed = error instanceof AssertionError && typeof error.cause === 'string';
  return isNamed ? firstLine(error.cause as string) : undefined;
}

function firstLine(text: string): string {
  return (beginningOf(text, MESSAGE_LENGTH_MAX).split('\n', 1)[0] ?? '').trimEnd();
}

function show(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return cut(toJson(value) ?? inspect(value), TEXT_LENGTH_MAX);
}

/** Undefined for what JSON cannot express, such as a bigint or a circular value. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
