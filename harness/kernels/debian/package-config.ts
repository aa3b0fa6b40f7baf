import { execa } from 'execa';
import { type Extract, extract } from 'tar-stream';
import { InfraError } from '../../errors.ts';
import { toLine } from '../../text.ts';
import { CONFIG_PATH } from './layout.ts';

export type PackageConfig =
  | { readonly kind: 'content'; readonly bytes: Buffer }
  /** `problem` is a noun phrase. */
  | { readonly kind: 'unusable'; readonly problem: string };

/** Those of a kernel's headers have it, too. */
const HEADERS_PATH = /^usr\/src\/linux-headers-[^/]+\/\.config$/;
/** Debian's largest kernel packages unpack to 400 MiB. */
const PACKAGE_BYTES_MAX = 1024 * 1024 * 1024;

/**
 * The configuration of the kernel in a package file. Nothing is written to the disk, and the package
 * is read no further than up to the configuration.
 * @param bytesMax Of the configuration.
 * Throws an InfraError if the host has no dpkg-deb.
 */
export async function readPackageConfig(deb: string, bytesMax: number): Promise<PackageConfig> {
  const reader = execa('dpkg-deb', ['--fsys-tarfile', deb], {
    env: { LC_ALL: 'C' },
    reject: false,
    stdin: 'ignore',
    buffer: { stdout: false },
  });
  const archive = extract();
  reader.stdout.pipe(archive);
  try {
    const found = await findConfigInTar(archive, bytesMax);
    if (found !== undefined) return found;
  } catch (error) {
    // What dpkg-deb has to say about it comes below.
    const { failed } = await reader;
    if (!failed) return { kind: 'unusable', problem: `a broken package: ${toLine(`${error}`)}` };
  } finally {
    reader.stdout.destroy();
    reader.kill();
  }
  const ended = await reader;
  if (ended.code === 'ENOENT') throw noDpkg(deb, ended);
  if (!ended.failed) {
    return { kind: 'unusable', problem: "a package without a kernel's configuration" };
  }
  return { kind: 'unusable', problem: `a package that is not read: ${toLine(ended.stderr)}` };
}

/**
 * The configuration among the files of a package; undefined if there is none.
 * @param archive Is fed with a tar file of them.
 */
export async function findConfigInTar(
  archive: Extract,
  bytesMax: number,
): Promise<PackageConfig | undefined> {
  let bytes = 0;
  for await (const entry of archive) {
    const { name, type, size } = entry.header;
    bytes += size;
    if (bytes > PACKAGE_BYTES_MAX) {
      const limit = `${PACKAGE_BYTES_MAX / 1024 / 1024} MiB`;
      return { kind: 'unusable', problem: `a package that unpacks to more than ${limit}` };
    }
    const path = name.replace(/^\.\//, '');
    if (type !== 'file' || !(CONFIG_PATH.test(path) || HEADERS_PATH.test(path))) entry.resume();
    else if (size > bytesMax) {
      const sizeMib = Math.ceil(size / 1024 / 1024);
      return { kind: 'unusable', problem: `a package with a configuration of ${sizeMib} MiB` };
    } else {
      const parts = await Array.fromAsync(entry as AsyncIterable<Uint8Array>);
      return { kind: 'content', bytes: Buffer.concat(parts) };
    }
  }
  return undefined;
}

function noDpkg(deb: string, cause: unknown): InfraError {
  return new InfraError(`dpkg-deb not found: cannot read ${deb}`, {
    code: 'NO_DPKG',
    remedy: "use a host with dpkg (Debian, Ubuntu), or name the kernel's .config",
    cause,
  });
}
