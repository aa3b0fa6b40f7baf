import { expect } from 'chai';
import { AgentError } from '../../harness/agents/agent.ts';

export { expect };

/** The error with which the agent refused; fails if it agreed. Any other rejection goes on as it is. */
export async function refusalOf(call: Promise<unknown>): Promise<AgentError> {
  const outcome = await call.then(
    () => 'agreed' as const,
    (error: unknown) => error,
  );
  if (outcome instanceof AgentError) return outcome;
  if (outcome !== 'agreed') throw outcome;
  return expect.fail('expected the agent to refuse, but it agreed');
}
