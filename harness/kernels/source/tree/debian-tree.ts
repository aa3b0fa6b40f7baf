/** Debian's `linux-source-6.12`: a package that holds an archive of the sources, with Debian's patches. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../cache/digest.ts';
import { findEntry } from '../../../cache/existing-entry.ts';
import { LIST_AGE_MS } from '../../../debian/kept-answer.ts';
import type { PackageFile } from '../../../debian/package-file.ts';
import { sizeOf, trackFetch } from '../../../debian/track-fetch.ts';
import { unpackDeb } from '../../../debian/unpack-deb.ts';
import { InfraError, UsageError } from '../../../errors.ts';
import type { TreeSource } from '../../../matrix/matrix.ts';
import { compareVersions } from '../../debian/version.ts';
import type { BuildContext } from '../build-context.ts';
import { openSourceArchive, type SourceArchive, type SuiteSources } from './source-archive.ts';
import type { SourceTree } from './source-tree.ts';
import { unpackTarball } from './tarball-tree.ts';
import { type PackedTree, treeKey, unpackedTree } from './unpacked-tree.ts';

type DebianTreeSource = Extract<TreeSource, { kind: 'debian-source' }>;

/** A list younger than this is not fetched again, even if something is missing from it. */
const SURELY_FRESH_MS = 5 * 60 * 1000;

/** It is in the signed list, so nothing else has to vouch for it. */
type ListedFile = PackageFile & { readonly suite: string; readonly sha256: string };

/**
 * The newest package of that name in some suites, or of a version, `linux-source-6.12=6.12.117-1`.
 * Nothing is fetched but lists, which are at most a day old. Throws a UsageError if there is no such
 * suite or package, an InfraError if the lists cannot be fetched.
 */
export async function openDebianTree(
  source: DebianTreeSource,
  context: BuildContext,
  archive: SourceArchive = openSourceArchive(context),
): Promise<SourceTree> {
  const pinned = findPinned(source, context);
  if (pinned !== undefined) return debianTree(pinned, context, archive);
  const list = (maximalAgeMs: number) =>
    Promise.all(source.suites.map((suite) => archive.listSuite(suite, maximalAgeMs)));
  let suites = await list(LIST_AGE_MS);
  let choices = chooseSources(source, suites);
  if (choices.length === 0 && !context.offline) {
    suites = await list(SURELY_FRESH_MS);
    choices = chooseSources(source, suites);
  }
  const [best] = choices;
  if (best === undefined) throw noPackage(source, suites);
  const kept = context.offline ? await findKept(choices, context, archive) : undefined;
  return debianTree(kept ?? best, context, archive);
}

function debianTree(file: ListedFile, context: BuildContext, archive: SourceArchive): SourceTree {
  const { name, version, suite, file: path, sha256 } = file;
  const pin = { package: name, version, suite, files: [{ package: name, file: path, sha256 }] };
  return { ...unpackedTree(packedTree(file, context, archive), context), pin };
}

/** The package that a lock names, if it is what the matrix asks for; its archive is not known yet. */
function findPinned(source: DebianTreeSource, { pin }: BuildContext): ListedFile | undefined {
  const debian = pin?.debian;
  const [file] = debian?.files ?? [];
  if (debian === undefined || file === undefined) return undefined;
  const [name, version = debian.version] = source.package.split('=', 2);
  const { suite } = debian;
  const isAsked = debian.package === name && debian.version === version;
  if (!isAsked || !source.suites.includes(suite)) {
    throw new UsageError(
      `the lock names ${debian.package} ${debian.version} (${suite}), but the matrix asks for ` +
        `${source.package} (${source.suites.join(', ')})`,
      {
        code: 'LOCK_OTHER_SOURCE',
        remedy: 'the matrix was changed since the lock was written: renew it with kmx kernels lock',
      },
    );
  }
  const known = { name, version, suite, file: file.file, sha256: file.sha256 };
  return { ...known, archive: '', vouchedBy: 'lock' };
}

/** Best first: newest, then earlier suite. */
export function chooseSources(
  source: DebianTreeSource,
  suites: readonly SuiteSources[],
): ListedFile[] {
  const [name, version] = source.package.split('=', 2);
  const files = suites.flatMap(({ suite, archive, packages }) =>
    packages
      .filter((found) => found.name === name && (version ?? found.version) === found.version)
      .map((found): ListedFile => ({ ...found, suite, archive, vouchedBy: 'list' })),
  );
  return files.toSorted((one, other) => compareVersions(other.version, one.version));
}

function packedTree(file: ListedFile, context: BuildContext, archive: SourceArchive): PackedTree {
  const shown = `${file.name} ${file.version}`;
  return {
    digest: digestOf(`debian ${file.sha256}`),
    origin: `${shown} (${file.suite})`,
    kind: 'debian',
    shown,
    fetch: (scratch) => fetchPackage(file, join(scratch, DEB), context, archive),
    unpack: async (folder, scratch) => {
      const inside = join(scratch, 'package');
      await unpackDeb(join(scratch, DEB), inside);
      await rm(join(scratch, DEB));
      const tarball = await findTarball(inside, shown);
      await unpackTarball(tarball, shown, folder, context.signal);
    },
  };
}

const DEB = 'package.deb';

async function fetchPackage(
  file: ListedFile,
  to: string,
  context: BuildContext,
  archive: SourceArchive,
): Promise<void> {
  const { offline, onProgress, signal } = context;
  if (offline) throw notKept(file);
  const tracking = {
    what: `${file.name} ${file.version}`,
    bytesTotal: file.bytes,
    countBytes: () => sizeOf(to),
    onProgress,
  };
  try {
    const isPinned = file.vouchedBy === 'lock';
    const located = isPinned ? { ...file, archive: await archive.locate(file.suite) } : file;
    await trackFetch(tracking, () => archive.fetch(located, to));
    signal?.throwIfAborted();
  } catch (error) {
    // So that another attempt finds what is there instead.
    const isGone = error instanceof InfraError && error.code === 'PACKAGE_GONE';
    if (isGone && file.vouchedBy === 'list') {
      await archive.listSuite(file.suite, SURELY_FRESH_MS);
    }
    throw error;
  }
}

async function findTarball(folder: string, shown: string): Promise<string> {
  const sources = join(folder, 'usr/src');
  const names = await readdir(sources).catch(() => []);
  const found = names.filter((name) => /^linux-source-.*\.tar\.\w+$/.test(name));
  const [name] = found;
  if (name !== undefined && found.length === 1) return join(sources, name);
  const what = names.length === 0 ? 'nothing' : names.join(', ');
  throw new InfraError(`expected usr/src/linux-source-*.tar.* in ${shown}, found ${what}`, {
    code: 'PACKAGE_LAYOUT',
    remedy: 'Debian may have moved it; unpack it yourself, and name the folder as tree:',
  });
}

async function findKept(
  choices: readonly ListedFile[],
  context: BuildContext,
  archive: SourceArchive,
): Promise<ListedFile | undefined> {
  for (const choice of choices) {
    const key = treeKey(packedTree(choice, context, archive));
    if ((await findEntry(context.cacheRoot, key)).kind === 'sound') return choice;
  }
  return undefined;
}

function noPackage(source: DebianTreeSource, suites: readonly SuiteSources[]): UsageError {
  const where = suites.map(({ suite }) => suite).join(', ');
  const packages = suites.flatMap(({ packages }) => packages);
  const [name] = source.package.split('=', 1);
  const versions = packages.filter((found) => found.name === name).map(({ version }) => version);
  const names = new Set(packages.map((found) => found.name));
  const known = versions.length > 0 ? versions : names;
  const shown = [...new Set(known)].toSorted(compareVersions).join(', ');
  return new UsageError(`${source.package}: no such package of sources in ${where}`, {
    code: 'NO_KERNEL',
    remedy:
      versions.length > 0
        ? `${name} has: ${shown}`
        : `there are: ${shown || 'none'}; or name another suite`,
  });
}

function notKept({ name, version }: ListedFile): InfraError {
  return new InfraError(`offline, and ${name} ${version} was not fetched before`, {
    code: 'OFFLINE',
    remedy: 'run once with the network, without --offline',
  });
}
