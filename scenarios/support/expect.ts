import { expect } from 'chai';
import { AgentError } from '../../harness/agents/agent.ts';

export { expect };

/** The outcome of a call that the agent may refuse. */
export type CallOutcome<T> =
  | { readonly kind: 'agreed'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: AgentError };

/** Rejects if the call failed for any reason other than a refusal. */
export async function outcomeOf<T>(call: Promise<T>): Promise<CallOutcome<T>> {
  try {
    return { kind: 'agreed', value: await call };
  } catch (error) {
    if (error instanceof AgentError) return { kind: 'refused', refusal: error };
    throw error;
  }
}

/** The agent's refusal; fails if it agreed. */
export async function refusalOf(call: Promise<unknown>): Promise<AgentError> {
  const outcome = await outcomeOf(call);
  if (outcome.kind === 'refused') return outcome.refusal;
  return expect.fail('expected the agent to refuse, but it agreed');
}
