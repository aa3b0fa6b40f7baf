import type { Duplex } from 'node:stream';
import { ChannelFault, GuestError } from './channel-fault.ts';
import { openConnection } from './connection.ts';
import {
  type AgentExit,
  describeMismatch,
  type GuestMessage,
  guestMessage,
  type Hello,
  type ToolExit,
} from './messages.ts';
import { ToolExits } from './tool-exits.ts';

/** The host's end of the control channel: requests by name, with unchecked results. `guest.ts` adds types. */
export interface GuestChannel {
  /** Stays pending if the guest does not come up, so race it. */
  readonly hello: Promise<Hello>;
  /** Resolves with the reason once the channel is lost. Never rejects. */
  readonly lost: Promise<ChannelFault>;
  readonly agentExit: Promise<AgentExit>;
  /** The end of the tool with this pid. Stays pending if it does not end, so race it. */
  toolExit(pid: number): Promise<ToolExit>;
  /** `performance.now()` of the last message of any kind. */
  readonly lastHeardMs: number;
  /** No call waits for its answer. */
  readonly isIdle: boolean;
  /**
   * Rejects with a GuestError (the guest refused), a ChannelFault (no answer in time, or no channel),
   * or an OversizedRequest. A result is JSON of limited depth and size.
   */
  call(
    method: string,
    params: object,
    timeoutMs: number,
    attachment?: Uint8Array,
  ): Promise<unknown>;
  close(): void;
  /** Leaves the stream open for another channel, after `prepare-to-save`. */
  leave(): void;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** @param onUptime Takes the guest's uptime, in milliseconds, whenever it tells it. */
export function openGuestChannel(
  stream: Duplex,
  onUptime: (uptimeMs: number) => void = () => {},
): GuestChannel {
  const hello = Promise.withResolvers<Hello>();
  const agentExit = Promise.withResolvers<AgentExit>();
  const toolExits = new ToolExits();
  const pending = new Map<number, Pending>();
  let lastHeardMs = performance.now();
  let requests = 0;

  const connection = openConnection(stream, (raw) => {
    lastHeardMs = performance.now();
    const message = guestMessage.safeParse(raw);
    if (!message.success) {
      const why = describeMismatch(message.error);
      throw new ChannelFault('GARBLED', `a guest may not send such a message: ${why}`);
    }
    receive(message.data);
  });

  function receive(message: GuestMessage): void {
    switch (message.type) {
      case 'hello':
        onUptime(message.uptimeMs);
        hello.resolve(message);
        break;
      case 'event':
        if (message.name === 'agent-exit') agentExit.resolve(message);
        if (message.name === 'heartbeat') onUptime(message.uptimeMs);
        if (message.name === 'tool-exit') toolExits.note(message);
        break;
      case 'response':
        answer(message);
    }
  }

  function answer({ id, result, error }: Extract<GuestMessage, { type: 'response' }>): void {
    const waiting = pending.get(id);
    pending.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new GuestError(error.code, error.message));
  }

  void connection.closed.then((fault) => {
    for (const waiting of pending.values()) waiting.reject(fault);
    pending.clear();
  });

  return {
    hello: hello.promise,
    lost: connection.closed,
    agentExit: agentExit.promise,
    toolExit: (pid) => toolExits.of(pid),
    get lastHeardMs() {
      return lastHeardMs;
    },
    get isIdle() {
      return pending.size === 0;
    },
    async call(method, params, timeoutMs, attachment) {
      requests += 1;
      const id = requests;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      pending.set(id, { resolve, reject });
      const timer = setTimeout(() => {
        pending.delete(id);
        reject(new ChannelFault('SILENT', `no answer to ${method} in ${timeoutMs} ms`));
      }, timeoutMs);
      try {
        const [result] = await Promise.all([
          promise,
          connection.send({ type: 'request', id, method, params }, attachment),
        ]);
        return result;
      } finally {
        clearTimeout(timer);
        pending.delete(id);
      }
    },
    close: () => connection.close(),
    leave: () => connection.leave(),
  };
}
