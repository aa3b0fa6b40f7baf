import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestFile } from '../../cache/digest.ts';
import type { PackageFile } from '../../debian/package-file.ts';
import { sizeOf, trackFetch } from '../../debian/track-fetch.ts';
import { unpackDeb } from '../../debian/unpack-deb.ts';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { ProviderContext } from '../kernel-context.ts';
import { digestKernel } from '../kernel-digest.ts';
import { readKernelRelease } from '../kernel-file.ts';

import type { BootableKernel } from '../kernel-image.ts';
import type { KernelChoice } from './choose-kernel.ts';

import type { KernelArchive } from './kernel-archive.ts';
import { findKernelFiles, type KernelLayout } from './layout.ts';
import { readPin, writePin } from './pins.ts';

/** What a cache entry says about its kernel. Paths are relative to the entry. */
interface KernelRecord {
  /** Of its packages, by name: hexadecimal digits. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly release: string;
  readonly image: string;
  readonly config: string;
  readonly modules?: string;
  readonly digest: string;
}

const RECORD = 'kernel.json';

/** Fetches and unpacks a kernel's packages into an empty folder, and records what is where. */
export async function unpackKernel(
  folder: string,
  { packages }: KernelChoice,
  archive: KernelArchive,
  context: ProviderContext,
): Promise<void> {
  const debs = join(folder, 'packages');
  await mkdir(debs);
  const unpacked: UnpackedPackage[] = [];
  const sha256: Record<string, string> = {};
  for (const file of packages) {
    const deb = join(debs, `${file.name}.deb`);
    await fetchPackage(file, deb, archive, context);
    sha256[file.name] = await hexDigest(deb);
    const own = join(debs, file.name);
    unpacked.push({ folder: own, files: await unpackDeb(deb, own) });
  }
  const layout = findKernelFiles(await joinPackages(unpacked, folder));
  await rm(debs, { recursive: true });
  const { image, ...files } = absolute(folder, layout);
  const record: KernelRecord = {
    sha256,
    release: await readKernelRelease(image),
    ...layout,
    digest: await digestKernel({ image, ...files }),
  };
  await writeFile(join(folder, RECORD), JSON.stringify(record, null, 2));
}

interface UnpackedPackage {
  readonly folder: string;
  /** Relative to it. */
  readonly files: readonly string[];
}

/** Moves the files of all packages into one folder. Links stay behind: no kernel needs any. */
async function joinPackages(
  packages: readonly UnpackedPackage[],
  folder: string,
): Promise<string[]> {
  const moved = new Set<string>();
  for (const own of packages) {
    for (const file of own.files) {
      if (file.startsWith('usr/share/')) continue;
      if (moved.has(file)) throw comesTwice(file);
      moved.add(file);
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await rename(join(own.folder, file), join(folder, file));
    }
  }
  return [...moved];
}

function comesTwice(file: string): InfraError {
  return new InfraError(`${file} is in two packages of one kernel`, {
    code: 'PACKAGE_LAYOUT',
    remedy: "Debian may have moved its kernel files; use a kernel of kind 'path' until kmx knows",
  });
}

/** The kernel in an entry that `unpackKernel` filled, and the sha256 of its packages by name. */
export async function readUnpackedKernel(
  entry: string,
): Promise<Omit<BootableKernel, 'origin'> & Pick<KernelRecord, 'sha256'>> {
  const record = JSON.parse(await readFile(join(entry, RECORD), 'utf8')) as KernelRecord;
  return { ...record, ...absolute(entry, record), configFrom: 'package' };
}

function absolute(folder: string, { image, config, modules }: KernelLayout) {
  return omitUndefined({
    image: join(folder, image),
    config: join(folder, config),
    modules: modules === undefined ? undefined : join(folder, modules),
  });
}

async function fetchPackage(
  file: PackageFile,
  to: string,
  archive: KernelArchive,
  { cacheRoot, onProgress }: ProviderContext,
): Promise<void> {
  const tracking = {
    what: `${file.name} ${file.version}`,
    bytesTotal: file.bytes,
    countBytes: () => sizeOf(to),
    onProgress,
  };
  const fetch = (checked: PackageFile) => trackFetch(tracking, () => archive.fetch(checked, to));
  if (file.vouchedBy !== 'nobody') return fetch(file);
  // Trusted once, as a neighbour of a signed file in the same archive; from then on it must be the
  // same.
  const pinned = await readPin(cacheRoot, file);
  if (pinned !== undefined) return fetch({ ...file, sha256: pinned });
  await fetch(file);
  const sha256 = await hexDigest(to);
  await writePin(cacheRoot, file, sha256);
  const text = `${file.name} is not in the archive's signed list: taken as it came, sha256 ${sha256}`;
  onProgress({ kind: 'note', text });
}

async function hexDigest(path: string): Promise<string> {
  return (await digestFile(path)).replace('sha256:', '');
}
