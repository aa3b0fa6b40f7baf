import type { Agent, AgentOptions } from './agent.ts';
import { connectKataAgent } from './kata/adapter.ts';

/**
 * The one place that picks an adapter. All agents so far speak kata-agent's protocol. Connects in
 * the background: what is wrong with the socket is told by the first call.
 */
export function connectAgent(options: AgentOptions): Agent {
  return connectKataAgent(options);
}
