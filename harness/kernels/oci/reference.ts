import { UsageError } from '../../errors.ts';

/** `registry.example:5000/kernels/linux:6.12@sha256:…` in its parts. */
export interface ImageReference {
  /** Host, and port if it has one. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`: then the tag is only for people. */
  readonly digest?: string;
}

const REFERENCE =
  /^(?<registry>[^/]+)\/(?<repository>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Of a reference that begins with its registry: there is no default. Throws a UsageError. */
export function parseReference(text: string): ImageReference {
  const groups = REFERENCE.exec(text)?.groups;
  const { registry, repository, tag = 'latest', digest } = groups ?? {};
  if (registry === undefined || repository === undefined) {
    throw new UsageError(
      `'${text}' is no image: expected REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:…`,
      {
        code: 'NO_IMAGE',
        remedy: 'write the whole reference, with the host name of its registry',
      },
    );
  }
  return { registry, repository, tag, ...(digest !== undefined && { digest }) };
}

/** A registry of this host, which cannot have a certificate. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
