import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import { APT_HELPER, AptError, runApt } from './apt.ts';

/** A suite and the archive that has it. */
export interface AptSource {
  /** URI without a trailing slash. */
  readonly archive: string;
  readonly suite: string;
}

/** An apt state of our own, in which nothing is installed. */
export interface AptRoot {
  readonly folder: string;
  /** Parameters that make apt's programs use it. */
  readonly options: readonly string[];
}

/**
 * Fetches the lists of packages of some suites with an apt state of our own, so that neither root
 * nor the host's installed packages matter. apt checks the archives' signatures with Debian's keys,
 * and the lists against them. `folder` keeps the state, so that only what is new is fetched; one
 * process at a time may use it. Throws as `runApt`.
 */
export async function updateAptRoot(
  folder: string,
  sources: readonly AptSource[],
): Promise<AptRoot> {
  const list = join(folder, 'archive.sources');
  const configuration = join(folder, 'apt.conf');
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'archives', 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const keyring = await findKeyring();
  const stanzas = sources.map((source) => formatSource(source, keyring));
  await writeFile(list, stanzas.join('\n'));
  await writeFile(join(folder, 'preferences'), formatPreferences(sources));
  await writeFile(configuration, formatConfiguration(folder, list));
  const options = ['-c', configuration];
  await runApt('apt-get', [...options, 'update'], folder);
  return { folder, options };
}

/** The text of the only suite's list. Throws as `runApt`. */
export async function readPackageList({ folder, options }: AptRoot): Promise<string> {
  const format = ['--format', '$(FILENAME)', 'Created-By: Packages'];
  const files = await runApt('apt-get', [...options, 'indextargets', ...format], folder);
  const [list] = files.split('\n');
  if (!list) throw new AptError('other', `apt has no list of packages in ${folder}`);
  return runApt(APT_HELPER, [...options, 'cat-file', list], folder);
}

// Package debian-archive-keyring; .pgp is the name since Debian 13.
const KEYRINGS = ['gpg', 'pgp'].map(
  (suffix) => `/usr/share/keyrings/debian-archive-keyring.${suffix}`,
);

async function findKeyring(): Promise<string> {
  for (const path of KEYRINGS) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new InfraError(`Debian's keys not found: expected ${KEYRINGS.join(' or ')}`, {
    code: 'NO_KEYRING',
    remedy: 'apt-get install debian-archive-keyring',
  });
}

/**
 * deb822 sources, sources.list(5). The date of validity is not checked: kernels of unmaintained
 * suites and of snapshots are just what one compares with. The signature is checked.
 */
function formatSource({ archive, suite }: AptSource, keyring: string): string {
  return [
    'Types: deb',
    `URIs: ${archive}`,
    `Suites: ${suite}`,
    'Components: main',
    'Architectures: amd64',
    'Targets: Packages',
    'PDiffs: no',
    'Check-Valid-Until: no',
    `Signed-By: ${keyring}`,
    '',
  ].join('\n');
}

/**
 * apt_preferences(5): the newest version counts, whichever suite has it. By itself, apt would pass
 * over backports.
 */
function formatPreferences(sources: readonly AptSource[]): string {
  const records = sources.map(({ suite }) =>
    ['Package: *', `Pin: release n=${suite}`, 'Pin-Priority: 990', ''].join('\n'),
  );
  return records.join('\n');
}

/** apt.conf(5), read after the host's own files. */
function formatConfiguration(folder: string, sources: string): string {
  return [
    `Dir::State "${join(folder, 'state')}";`,
    `Dir::State::lists "${join(folder, 'lists')}";`,
    `Dir::State::status "${join(folder, 'status')}";`,
    `Dir::Cache "${join(folder, 'archives')}";`,
    `Dir::Etc::sourcelist "${sources}";`,
    'Dir::Etc::sourceparts "-";',
    `Dir::Etc::preferences "${join(folder, 'preferences')}";`,
    'Dir::Etc::preferencesparts "-";',
    // Lists stay compressed: a fifth of the disk space.
    'Acquire::GzipIndexes "true";',
    // A host may allow these for archives of its own.
    'Acquire::AllowInsecureRepositories "false";',
    'Acquire::AllowWeakRepositories "false";',
    'Acquire::AllowDowngradeToInsecureRepositories "false";',
    // Without this, a suite that could not be fetched is only a warning.
    'APT::Update::Error-Mode "any";',
    // Hooks of the host that tidy its own lists and notify its desktop.
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '',
  ].join('\n');
}
