import { z } from 'zod';
import { InfraError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import { toLine } from '../../text.ts';
import { askServer, noAnswer, readBody } from '../web/web-client.ts';
import { type Credentials, findCredentials } from './credentials.ts';

/** How a registry wants to be asked: the `WWW-Authenticate` header (RFC 9110, 11.6.1). */
export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service?: string };

export interface Asked {
  readonly registry: string;
  readonly repository: string;
  /** Whether the registry is asked by http. */
  readonly isPlain: boolean;
}

/** Undefined for an unknown scheme. */
export function parseChallenge(header: string): Challenge | undefined {
  if (/^basic\b/i.test(header)) return { kind: 'basic' };
  if (!/^bearer\s/i.test(header)) return undefined;
  const fields = new Map<string, string>();
  for (const [, name, value] of header.matchAll(/(\w+)="([^"]*)"/g)) {
    if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value);
  }
  const realm = fields.get('realm');
  const service = fields.get('service');
  if (realm === undefined) return undefined;
  return { kind: 'bearer', realm, ...(service !== undefined && { service }) };
}

/** The `Authorization` header that answers a challenge. Throws an InfraError if there is none. */
export async function authorize(challenge: Challenge, asked: Asked): Promise<string> {
  const credentials = await findCredentials(asked.registry);
  switch (challenge.kind) {
    case 'basic':
      if (credentials === undefined) throw noCredentials(asked.registry);
      return basic(credentials);
    case 'bearer':
      return `Bearer ${await fetchToken(challenge, asked, credentials)}`;
  }
}

function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const TOKEN_BYTES_MAX = 1024 * 1024;
/** A header can have it as it is. */
const token = z.string().regex(/^[\x21-\x7e]+$/);
const tokenSchema = z.union([
  z.object({ token }).transform((answer) => answer.token),
  z.object({ access_token: token }).transform((answer) => answer.access_token),
]);

/** Registries also give tokens for reading without credentials (distribution, "Token Authentication"). */
async function fetchToken(
  { realm, service }: Extract<Challenge, { kind: 'bearer' }>,
  { registry, repository, isPlain }: Asked,
  credentials: Credentials | undefined,
): Promise<string> {
  const url = URL.parse(realm);
  if (url === null || !(url.protocol === 'https:' || (isPlain && url.protocol === 'http:'))) {
    throw new InfraError(`${registry}: it wants a token from ${toLine(realm)}, which is not safe`, {
      code: 'DENIED',
      remedy: 'expected: a URL with https:',
    });
  }
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  const answer = await askServer({ url, headers });
  if (answer.status !== 200) {
    answer.body.destroy();
    if (answer.status === 401 || answer.status === 403) throw noCredentials(registry);
    throw noAnswer(url, `the server of tokens answers ${answer.status}`);
  }
  const content = await readBody(answer, url, TOKEN_BYTES_MAX);
  const found = tokenSchema.safeParse(parseJson(content.toString()));
  if (found.success) return found.data;
  throw noAnswer(url, 'the server of tokens answers without one');
}

function noCredentials(registry: string): InfraError {
  return new InfraError(`${registry}: the registry wants credentials`, {
    code: 'DENIED',
    remedy: `docker login ${registry}, or podman login: kmx reads what they store`,
  });
}
