/**
 * A client for registries (OCI distribution specification 1.1). Hand-written: it is three kinds of GET, and
 * the npm packages for it are unmaintained or bring the client of one cloud along.
 */
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { InfraError } from '../../errors.ts';
import { toLine } from '../../text.ts';
import type { ProviderContext } from '../kernel-context.ts';
import { saveBody, wrongDigest } from '../web/fetch-file.ts';
import { askServer, noAnswer, readBody, type WebAnswer } from '../web/web-client.ts';
import { authorize, type Challenge, parseChallenge } from './authorize.ts';
import type { ImageStore, NamedManifest } from './image-store.ts';
import { type Descriptor, MANIFEST_BYTES_MAX, MANIFEST_TYPES } from './manifest.ts';
import { type ImageReference, isLoopback } from './reference.ts';

export class Registry implements ImageStore {
  readonly name: string;
  readonly #reference: ImageReference;
  readonly #base: URL;
  readonly #progress: Pick<ProviderContext, 'onProgress'>;
  /** Of the `Authorization` header, once the registry has asked for it. */
  #authorization: string | undefined;

  constructor(
    reference: ImageReference,
    insecure: boolean,
    progress: Pick<ProviderContext, 'onProgress'>,
  ) {
    const { registry, repository, tag } = reference;
    const scheme = insecure || isLoopback(registry) ? 'http' : 'https';
    this.#reference = reference;
    this.#base = new URL(`${scheme}://${registry}/v2/${repository}/`);
    this.#progress = progress;
    this.name = `${registry}/${repository}:${tag}`;
  }

  findManifest(): Promise<NamedManifest> {
    const { digest, tag } = this.#reference;
    return digest === undefined ? this.#manifest(tag) : this.readManifest(digest);
  }

  async readManifest(digest: string): Promise<NamedManifest> {
    const found = await this.#manifest(digest);
    if (found.digest !== digest) throw this.#lies(digest, found.digest, 'manifest');
    return found;
  }

  async saveLayer({ digest, size }: Descriptor, to: string): Promise<void> {
    const url = new URL(`blobs/${digest}`, this.#base);
    const answer = await this.#get(url, {});
    const sha256 = nameOfDigest(digest);
    const what = `${this.name}, layer ${sha256.slice(0, 12)}`;
    const expected = { what, sha256, says: "the image's manifest says", bytesMax: size };
    await saveBody(answer, url, to, expected, this.#progress);
  }

  async #manifest(reference: string): Promise<NamedManifest> {
    const url = new URL(`manifests/${reference}`, this.#base);
    const answer = await this.#get(url, { accept: MANIFEST_TYPES.join(', ') });
    const content = await readBody(answer, url, MANIFEST_BYTES_MAX);
    const digest = digestOf(content);
    const said = answer.headers['docker-content-digest'];
    if (typeof said === 'string' && said.startsWith('sha256:') && said !== digest) {
      throw this.#lies(toLine(said), digest, 'manifest');
    }
    return { digest, content };
  }

  /** Asks without credentials first, as the registry has to say what it wants. */
  async #get(url: URL, headers: Readonly<Record<string, string>>): Promise<WebAnswer> {
    const first = await this.#ask(url, headers);
    if (first.status !== 401 || this.#authorization !== undefined) return this.#checked(url, first);
    first.body.destroy();
    const challenge = parseChallenge(`${first.headers['www-authenticate'] ?? ''}`);
    if (challenge === undefined) throw this.#denied(first.status);
    this.#authorization = await this.#answerTo(challenge);
    return this.#checked(url, await this.#ask(url, headers));
  }

  #answerTo(challenge: Challenge): Promise<string> {
    const { registry, repository } = this.#reference;
    return authorize(challenge, { registry, repository, isPlain: this.#base.protocol === 'http:' });
  }

  #ask(url: URL, headers: Readonly<Record<string, string>>): Promise<WebAnswer> {
    const authorization = this.#authorization;
    return askServer({
      url,
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      onRedirect: (to) => {
        if (to.protocol === 'http:' && this.#base.protocol === 'https:') {
          throw noAnswer(url, 'it redirects from https to http');
        }
      },
    });
  }

  #checked(url: URL, answer: WebAnswer): WebAnswer {
    const { status } = answer;
    if (status === 200) return answer;
    answer.body.destroy();
    if (status === 401 || status === 403) throw this.#denied(status);
    if (status === 404) {
      throw new InfraError(
        `${this.name}: the registry does not have it (404 for ${url.pathname})`,
        {
          code: 'NO_IMAGE',
          remedy:
            'check the name and tag; registries also answer like this if a login is missing: docker login',
        },
      );
    }
    throw noAnswer(url, `the registry answers ${status}`);
  }

  #denied(status: number): InfraError {
    const { registry } = this.#reference;
    return new InfraError(`${this.name}: the registry denies access (${status})`, {
      code: 'DENIED',
      remedy: `docker login ${registry}, or podman login: kmx reads what they store`,
    });
  }

  #lies(expected: string, found: string, what: string): InfraError {
    const says = 'the registry says';
    return wrongDigest(`${this.name}, ${what}`, says, nameOfDigest(expected), nameOfDigest(found));
  }
}
