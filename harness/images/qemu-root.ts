/**
 * A root file system with QEMU and nothing else: the program, its libraries and the firmware that
 * our guests need, from Debian's packages. Scripts of the packages are not run, so nothing depends
 * on the host, and the digests of the packages say what is in it.
 */

import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cachedEntry } from '../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import type { ArchiveContext } from '../debian/archive-context.ts';
import { resolveInstallation } from '../debian/installation.ts';
import { LIST_AGE_MS } from '../debian/kept-answer.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { sizeOfFilesIn, trackFetch } from '../debian/track-fetch.ts';
import { waitForEntry } from '../debian/wait-for-entry.ts';
import { InfraError } from '../errors.ts';
import { libraryClosure } from './library-closure.ts';
import { type UnpackedPackages, unpackPackages } from './unpacked-packages.ts';

export interface QemuRoot {
  /** The root file system. */
  readonly folder: string;
  /** `sha256:…` over the packages that its files come from, and over how they are chosen. */
  readonly digest: string;
  /** QEMU's own: `10.0.13`. */
  readonly version: string;
  /** Those packages: `qemu-system-x86 1:10.0.2+ds-2 sha256:…`. */
  readonly packages: readonly string[];
}

const PACKAGE = 'qemu-system-x86';
const PROGRAM = 'usr/bin/qemu-system-x86_64';
/** Parts of the emulator that some builds load by themselves. */
const MODULES = /^usr\/lib\/x86_64-linux-gnu\/qemu\/accel-(tcg|kvm)[^/]*\.so$/;
/** For the machine `pc` without a screen or a network, and kernels given by `-kernel`. */
const FIRMWARE = [
  /^usr\/share\/seabios\/bios-256k\.bin$/,
  /^usr\/share\/qemu\/(kvmvapic|linuxboot|linuxboot_dma|multiboot|multiboot_dma|pvh)\.bin$/,
];

/** Changes when other files are chosen from the same packages. */
const FORMAT = 1;
const RECORD = 'image.json';

/**
 * QEMU from the newest packages that some suites of Debian have, by lists that are at most a day
 * old; from the cache if it was used before. Throws a UsageError for suites that do not exist, an
 * InfraError if the packages cannot be had or do not hold what they should.
 */
export async function provideQemuRoot(
  suites: readonly string[],
  context: ArchiveContext,
): Promise<QemuRoot> {
  const packages = await resolveInstallation(context, { suites, packages: [PACKAGE] }, LIST_AGE_MS);
  const digest = digestOf([FORMAT, ...packages.map(describePackage)].join('\n'));
  const key = `images/qemu-${nameOfDigest(digest)}`;
  const entry = await cachedEntry(
    context.cacheRoot,
    key,
    async (folder) => {
      if (context.offline) throw notKept(suites);
      await fillEntry(folder, packages, context);
    },
    waitForEntry('fetching QEMU', context),
  );
  const record = JSON.parse(await readFile(join(entry, RECORD), 'utf8')) as Omit<
    QemuRoot,
    'folder'
  >;
  return { folder: join(entry, 'root'), ...record };
}

async function fillEntry(
  folder: string,
  packages: readonly PackageFile[],
  { onProgress }: ArchiveContext,
): Promise<void> {
  const debs = join(folder, 'packages');
  await mkdir(debs);
  const qemu = packages.find(({ name }) => name === PACKAGE);
  const tracking = {
    what: `${PACKAGE} ${qemu?.version} with ${packages.length - 1} other packages`,
    bytesTotal: packages.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    countBytes: () => sizeOfFilesIn(debs),
    onProgress,
  };
  const unpacked = await trackFetch(tracking, () => unpackPackages(debs, packages));
  const files = chooseFiles(unpacked);
  const used = new Set<string>();
  for (const [path, from] of files) {
    const found = unpacked.find(from);
    if (found === undefined) throw unexpectedLayout(from);
    used.add(found.package);
    const to = join(folder, 'root', path);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(found.source, to);
  }
  await rm(debs, { recursive: true });
  const described = packages.filter(({ name }) => used.has(name)).map(describePackage);
  const lines = described.toSorted();
  const digest = digestOf([FORMAT, ...lines].join('\n'));
  const version = /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(qemu?.version ?? '')?.[1];
  if (version === undefined) throw unexpectedLayout('a version such as 10.0.2');
  const record: Omit<QemuRoot, 'folder'> = { digest, version, packages: lines };
  await writeFile(join(folder, RECORD), JSON.stringify(record, null, 2));
}

/** Where each file is to lie, and where it is in the packages. */
function chooseFiles(unpacked: UnpackedPackages): ReadonlyMap<string, string> {
  const programs = [PROGRAM, ...unpacked.paths.filter((path) => MODULES.test(path))];
  const firmware = unpacked.paths.filter((path) => FIRMWARE.some((each) => each.test(path)));
  if (!firmware.some((path) => path.endsWith('/bios-256k.bin'))) throw unexpectedLayout('its BIOS');
  const closure = libraryClosure(programs, (path) => {
    const found = unpacked.find(path);
    return found && readFileSync(found.source);
  });
  if (closure.kind === 'incomplete') {
    throw unexpectedLayout(`${closure.missing}, which ${closure.user} needs`);
  }
  return new Map([
    ...[...programs, ...firmware].map((path) => [path, path] as const),
    ...closure.files,
  ]);
}

function describePackage({ name, version, sha256 }: PackageFile): string {
  return `${name} ${version} sha256:${sha256}`;
}

function unexpectedLayout(what: string): InfraError {
  return new InfraError(`${PACKAGE} and what it depends on do not have ${what}`, {
    code: 'PACKAGE_LAYOUT',
    remedy: 'Debian may have moved it; name another suite, or use the QEMU of this host',
  });
}

function notKept(suites: readonly string[]): InfraError {
  return new InfraError(`offline, and QEMU of ${suites.join(', ')} was not fetched before`, {
    code: 'OFFLINE',
    remedy: 'run once with the network, without --offline',
  });
}
