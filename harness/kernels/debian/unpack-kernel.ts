import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { ExecaError, execa } from 'execa';
import { digestFile } from '../../cache/digest.ts';
import { diskFull } from '../../cache/storage-error.ts';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { ProviderContext } from '../kernel-context.ts';
import { digestKernel } from '../kernel-digest.ts';
import { readKernelRelease } from '../kernel-file.ts';
import type { KernelImage } from '../kernel-image.ts';
import { lastLines } from './apt.ts';
import { recogniseAptFault } from './apt-fault.ts';
import type { KernelChoice, PackageFile } from './choose-kernel.ts';
import type { KernelArchive } from './kernel-archive.ts';
import { findKernelFiles } from './layout.ts';
import { sizeOf, trackFetch } from './track-fetch.ts';

/** What a cache entry says about its kernel. Paths are relative to the entry. */
interface KernelRecord {
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
  for (const file of packages) {
    const deb = join(debs, `${file.name}.deb`);
    await fetchPackage(file, deb, archive, context);
    await unpack(deb, folder);
  }
  await rm(debs, { recursive: true });
  await rm(join(folder, 'usr', 'share'), { recursive: true, force: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const layout = findKernelFiles(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name))),
  );
  const { image, ...files } = absolute(folder, layout);
  const record: KernelRecord = {
    release: await readKernelRelease(image),
    ...layout,
    digest: await digestKernel({ image, ...files }),
  };
  await writeFile(join(folder, RECORD), JSON.stringify(record, null, 2));
}

/** The kernel in an entry that `unpackKernel` filled. */
export async function readUnpackedKernel(entry: string): Promise<Omit<KernelImage, 'origin'>> {
  const record = JSON.parse(await readFile(join(entry, RECORD), 'utf8')) as KernelRecord;
  return { ...record, ...absolute(entry, record) };
}

function absolute(
  folder: string,
  { image, config, modules }: Omit<KernelRecord, 'release' | 'digest'>,
) {
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
  if (file.sha256 !== undefined) return fetch(file);
  // Nobody vouches for a package outside the signed list. It is trusted once, as a neighbour of a
  // signed file in the same archive; from then on it must be the same.
  const pin = join(cacheRoot, 'pins', `${file.name}_${file.version}`);
  const pinned = await readFile(pin, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (pinned !== undefined) return fetch({ ...file, sha256: pinned.trim() });
  await fetch(file);
  const sha256 = (await digestFile(to)).replace('sha256:', '');
  await mkdir(join(cacheRoot, 'pins'), { recursive: true });
  await writeFile(pin, `${sha256}\n`);
  const text = `${file.name} is not in the archive's signed list: taken as it came, sha256 ${sha256}`;
  onProgress({ kind: 'note', text });
}

async function unpack(deb: string, folder: string): Promise<void> {
  try {
    await execa('dpkg-deb', ['-x', deb, folder], { env: { LC_ALL: 'C' }, stdin: 'ignore' });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const output = lastLines(String(error.stderr ?? ''));
    if (recogniseAptFault(String(error.stderr)) === 'disk-full') {
      throw diskFull(dirname(folder), error, output);
    }
    const isMissing = error.code === 'ENOENT';
    throw new InfraError(
      `${isMissing ? 'dpkg-deb not found' : 'dpkg-deb failed'}: cannot unpack ${basename(deb)}`,
      {
        code: isMissing ? 'NO_DPKG' : 'UNPACK_FAILED',
        remedy: isMissing
          ? "use a host with dpkg (Debian, Ubuntu), or kernels of kind 'path'"
          : 'check the disk and its free space, then try again',
        output,
        cause: error,
      },
    );
  }
}
