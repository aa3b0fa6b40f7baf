/**
 * The engine's client (docker-modem) waits for the end of a response, and does not notice that the connection broke
 * before. An engine sends the head of its answer to "wait for a container" at once and the rest when the container
 * ends: if the engine is killed in between, that request would never settle.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** https://nodejs.org/api/diagnostics_channel.html, "http.client.response.finish": its head has arrived. */
interface Answered {
  readonly request: ClientRequest & { readonly socketPath?: string };
  readonly response: IncomingMessage;
}

let isWatching = false;

/** From now on, a request to a unix socket fails if its response breaks off, as it does without a response. */
export function failCutResponses(): void {
  if (isWatching) return;
  isWatching = true;
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as Answered;
    if (request.socketPath === undefined) return;
    response.once('error', (error) => {
      if (request.listenerCount('error') > 0) request.emit('error', error);
    });
  });
}
