import type { ConnectAgent } from './agent.ts';
import { connectKataAgent } from './kata/adapter.ts';

/**
 * The adapter of each kind of agent: the one place where a protocol is registered. The reference
 * agent speaks kata-agent's. Kinds are those of `matrix/cell.ts`.
 */
export const ADAPTERS = {
  reference: connectKataAgent,
  kata: connectKataAgent,
} as const satisfies Readonly<Record<string, ConnectAgent>>;
