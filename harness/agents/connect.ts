import type { Agent, CallObserver } from './agent.ts';
import { connectKataAgent } from './kata/adapter.ts';

export interface ConnectOptions {
  /** Unix socket on the host; a connection to it is one to the agent in the guest. */
  readonly socketPath: string;
  readonly limits: { readonly callTimeoutMs: number };
  readonly onCall?: CallObserver;
}

/** The one place that knows which adapter speaks with which agent. So far all of them speak Kata's protocol. */
export function connectAgent(options: ConnectOptions): Agent {
  return connectKataAgent(options);
}
