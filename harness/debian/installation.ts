import { digestOf, nameOfDigest } from '../cache/digest.ts';
import { InfraError } from '../errors.ts';
import { AptError, runApt } from './apt.ts';
import type { AptSource } from './apt-root.ts';
import type { ArchiveContext } from './archive-context.ts';
import { fetchLists } from './fetch-lists.ts';
import { askArchive } from './kept-answer.ts';
import type { PackageFile } from './package-file.ts';

/** What to install on a system where nothing is. */
export interface Installation {
  /** The newest versions that these have. A suite that only adds to another brings that one along. */
  readonly suites: readonly string[];
  readonly packages: readonly string[];
}

/**
 * The packages that an installation consists of, with everything that they depend on but nothing
 * that they only recommend, as apt chooses them from lists of at most this age. Nothing is installed
 * or fetched but lists. Throws as `askArchive`, and an InfraError if apt finds no way.
 */
export function resolveInstallation(
  context: ArchiveContext,
  installation: Installation,
  maximalAgeMs: number,
): Promise<readonly PackageFile[]> {
  const suites = withBases(installation.suites);
  const names = installation.packages;
  const ask = async (folder: string): Promise<readonly PackageFile[]> => {
    const { sources, root } = await fetchLists(context, folder, suites);
    const options = [...root.options, '-o', 'Acquire::ForceHash=SHA256'];
    const asking = ['install', '--print-uris', '--yes', '--no-install-recommends', ...names];
    const text = await runApt('apt-get', [...options, ...asking], folder).catch(
      (error: unknown) => {
        throw error instanceof AptError ? notInstallable(names.join(', '), suites, error) : error;
      },
    );
    return parsePrintedUris(text, sources);
  };
  return askArchive(context, { suites, file: `install-${nameOf(names)}.json`, ask }, maximalAgeMs);
}

/** As part of a file's name. */
function nameOf(packages: readonly string[]): string {
  const [first = ''] = packages;
  return packages.length === 1 ? first : nameOfDigest(digestOf(packages.join('\n')));
}

/** Backports and updates only have what is new; the rest is in the suite that they belong to. */
export function withBases(suites: readonly string[]): readonly string[] {
  const bases = suites.map((suite) =>
    suite.replace(/(-backports(-sloppy)?|-security|-updates)$/, ''),
  );
  const all = [...suites, ...bases].map((suite) => (suite === 'experimental' ? 'sid' : suite));
  return [...new Set([...suites, ...all])];
}

/** Such as `'http://HOST/debian/pool/…/zlib1g_1.3_amd64.deb' zlib1g_1%3a1.3_amd64.deb 88720 SHA256:…`. */
const PRINTED =
  /^'(?<uri>[^']+)' (?<name>[a-z0-9][a-z0-9.+-]*)_(?<version>[A-Za-z0-9.+~%-]{1,200})_\w+\.deb (?<bytes>\d{1,12}) SHA256:(?<sha256>[0-9a-f]{64})$/;

/**
 * The packages in the output of `apt-get install --print-uris`. Lines that say something else are
 * passed over, and so is what lies in none of the archives.
 */
export function parsePrintedUris(text: string, sources: readonly AptSource[]): PackageFile[] {
  return text.split('\n').flatMap((line): PackageFile[] => {
    const { uri, name, version, bytes, sha256 } = PRINTED.exec(line)?.groups ?? {};
    const archive = sources.find((source) => uri?.startsWith(`${source.archive}/`))?.archive;
    if (!uri || !name || !version || !bytes || !sha256 || archive === undefined) return [];
    const file = uri.slice(archive.length + 1);
    // apt writes the colon of an epoch that way in names of files.
    const known = { name, version: version.replace(/%3a/i, ':'), archive, file };
    return [{ ...known, vouchedBy: 'list', sha256, bytes: Number(bytes) }];
  });
}

function notInstallable(what: string, suites: readonly string[], error: AptError): InfraError {
  return new InfraError(`${what} cannot be installed from ${suites.join(', ')}`, {
    code: 'NOT_INSTALLABLE',
    remedy: 'name a suite of Debian that has it with everything that it depends on, such as trixie',
    output: error.output,
    cause: error,
  });
}
