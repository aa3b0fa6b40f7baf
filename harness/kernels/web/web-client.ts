/**
 * Asks servers for files. With node:http and not fetch, which asks proxies for a tunnel even for http:, and
 * most of them refuse that; and because it has to be decided for each redirect where credentials may go.
 */
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { InfraError } from '../../errors.ts';
import { toLine } from '../../text.ts';

export interface WebRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Is told of a redirect; may throw. */
  readonly onRedirect?: (to: URL) => void;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** To be read or destroyed. */
  readonly body: IncomingMessage;
}

/** The longest silence of a server, in any phase. */
const SILENCE_MS = 30_000;
const REDIRECTS_MAX = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Of http_proxy, https_proxy and no_proxy. They keep no connection, which would keep the process. */
const options = { keepAlive: false, proxyEnv: process.env };
const httpAgent = new HttpAgent(options);
const httpsAgent = new HttpsAgent(options);

/** Follows redirects. Throws an InfraError if there is no answer. */
export async function askServer({ url, headers = {}, onRedirect }: WebRequest): Promise<WebAnswer> {
  let at = url;
  let sent = headers;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const answer = await askOnce(at, sent);
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    const to = URL.parse(location, at);
    if (to === null || !/^https?:$/.test(to.protocol)) {
      throw noAnswer(at, `it redirects to ${toLine(location)}`);
    }
    onRedirect?.(to);
    // Credentials are for the server that asked for them.
    if (to.origin !== at.origin) sent = withoutCredentials(sent);
    at = to;
  }
  throw noAnswer(url, `it redirects more than ${REDIRECTS_MAX} times`);
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { authorization: _, ...others } = headers;
  return others;
}

function askOnce(url: URL, headers: Readonly<Record<string, string>>): Promise<WebAnswer> {
  const isHttps = url.protocol === 'https:';
  const send = isHttps ? requestHttps : requestHttp;
  const agent = isHttps ? httpsAgent : httpAgent;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(noAnswer(url, describeFailure(error), error));
    try {
      const request = send(url, { agent, headers: { 'user-agent': 'kmx', ...headers } });
      request.setTimeout(SILENCE_MS, () => {
        request.destroy(new Error(`nothing for ${SILENCE_MS / 1000} s`));
      });
      request.on('error', fail);
      request.on('response', (body) => {
        resolve({ status: body.statusCode ?? 0, headers: body.headers, body });
      });
      request.end();
    } catch (error) {
      fail(error);
    }
  });
}

/** The pieces of a body. Throws an InfraError if it ends early. */
export async function* piecesOf({ body }: WebAnswer, url: URL): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw noAnswer(url, `it broke off: ${describeFailure(error)}`, error);
  }
}

/** A small body as a whole. Throws an InfraError if it is larger. */
export async function readBody(answer: WebAnswer, url: URL, bytesMax: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of piecesOf(answer, url)) {
    bytes += piece.length;
    if (bytes > bytesMax) throw noAnswer(url, `its answer is larger than ${bytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** A URL for people, without what must not be shown. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  shown.username = '';
  // Signatures of storage services are credentials.
  shown.search = '';
  return toLine(shown.href);
}

function describeFailure(error: unknown): string {
  // Of several addresses, each has failed.
  const { code, message, errors } = error as AggregateError & NodeJS.ErrnoException;
  const first = errors?.[0] as Error | undefined;
  return toLine(message || first?.message || code || `${error}`);
}

export function noAnswer(url: URL, why: string, cause?: unknown): InfraError {
  return new InfraError(`${shownUrl(url)} could not be fetched: ${why}`, {
    code: 'FETCH_FAILED',
    remedy: 'check the URL, the network and the proxy (http_proxy, https_proxy, no_proxy)',
    cause,
  });
}
