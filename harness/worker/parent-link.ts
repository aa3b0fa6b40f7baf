import { GuestError, OversizedRequest } from '../channel/channel-fault.ts';
import { GuestLost } from './guest-lost.ts';
import type { FromWorker, LeasedGuest, ToWorker, WireError } from './messages.ts';

/** A worker's end of the IPC to its parent. */
export interface ParentLink {
  send(message: FromWorker): void;
  /** @param isBooted The guest must have been booted for this test. */
  lease(isBooted: boolean): Promise<LeasedGuest>;
  /** Has a picture taken of this guest. Rejects with GuestLost if it is not the running test's. */
  takePicture(guest: number): Promise<unknown>;
  /** Attended: says that the running test is about to make a call. Resolves when it may. */
  tellBeforeCall(): Promise<unknown>;
  /** Attended: says that the running test has failed. Resolves when it may be cleaned up. */
  tellFailure(): Promise<unknown>;
  /** Rejects with GuestError or OversizedRequest, or with GuestLost if the guest is not the test's. */
  call(guest: number, method: string, params: object, timeoutMs: number): Promise<unknown>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** @param onLost Called when the parent says that a guest is lost. */
export function openParentLink(onLost: (guest: number) => void): ParentLink {
  const waiting = new Map<number, Waiting>();
  let requests = 0;

  process.on('message', (message: ToWorker) => {
    if (message.type === 'lost') onLost(message.guest);
    if (!('id' in message)) return;
    const request = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'leased') request?.resolve(message.lease as never);
    if (message.type === 'answered') request?.resolve(message.result as never);
    if (message.type === 'refused') request?.reject(errorOf(message.error));
  });

  function send(message: FromWorker): void {
    if (process.send === undefined) throw new Error('Expected to be started with IPC by a parent');
    process.send(message);
  }

  function ask<T>(message: (id: number) => FromWorker): Promise<T> {
    requests += 1;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    waiting.set(requests, { resolve, reject });
    send(message(requests));
    return promise;
  }

  return {
    send,
    takePicture: (guest) => ask((id) => ({ type: 'picture', id, guest })),
    tellBeforeCall: () => ask((id) => ({ type: 'before-call', id })),
    tellFailure: () => ask((id) => ({ type: 'failed', id })),
    lease: (isBooted) => ask((id) => ({ type: 'lease', id, isBooted })),
    call: (guest, method, params, timeoutMs) =>
      ask((id) => ({ type: 'call', id, guest, method, params, timeoutMs })),
  };
}

function errorOf(error: WireError): Error {
  switch (error.kind) {
    case 'guest':
      return new GuestError(error.code, error.message);
    case 'oversized':
      return new OversizedRequest(error.message);
    case 'lost':
      return new GuestLost(error.message);
  }
}
