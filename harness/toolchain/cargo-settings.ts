/** What cargo in a container sees of this host, so that it works as cargo on this host would. */
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LINKER } from '../images/rust-root.ts';
import { type Mount, mount } from './root-container.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Of cargo in the container. */
export const CARGO_HOME = '/cargo';
const CERTIFICATES = '/certificates.pem';

/** What fetched crates go through, and what a user may have set about them. */
const HANDED_ON = /^(CARGO_(?!HOME$|TARGET_DIR$).*|(https?|no|all)_proxy)$/i;

/** Where distributions keep the certificates that this host trusts. */
const TRUSTED = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];

/** `NAME=value` each. Debian's gcc has no other name while its package's scripts have not run. */
export function cargoEnvironment(env: Environment): readonly string[] {
  const ours = {
    CARGO_HOME,
    PATH: '/usr/bin',
    SSL_CERT_FILE: CERTIFICATES,
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER: LINKER,
  };
  const handedOn = Object.entries(env).filter(([name]) => HANDED_ON.test(name));
  return Object.entries({ ...Object.fromEntries(handedOn), ...ours }).map(
    ([name, value]) => `${name}=${value}`,
  );
}

/**
 * The user's settings for cargo and the crates that were fetched before; new ones are kept there. Not
 * the rest of cargo's folder: it may have the user's keys.
 */
export async function cargoMounts(env: Environment): Promise<readonly Mount[]> {
  const home = env.CARGO_HOME ?? join(homedir(), '.cargo');
  await mkdir(join(home, 'registry'), { recursive: true });
  const settings = await firstOf([join(home, 'config.toml'), join(home, 'config')]);
  const certificates = await firstOf([
    ...(env.SSL_CERT_FILE === undefined ? [] : [env.SSL_CERT_FILE]),
    ...TRUSTED,
  ]);
  return [
    mount(join(home, 'registry'), `${CARGO_HOME}/registry`, 'rw'),
    ...(settings === undefined ? [] : [mount(settings, `${CARGO_HOME}/config.toml`, 'ro')]),
    ...(certificates === undefined ? [] : [mount(certificates, CERTIFICATES, 'ro')]),
  ];
}

async function firstOf(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
