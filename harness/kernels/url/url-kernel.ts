import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { findEntry } from '../../cache/existing-entry.ts';
import { waitForEntry } from '../../debian/wait-for-entry.ts';
import { InfraError } from '../../errors.ts';
import type { UrlSource, WebFile } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { type ArchiveWords, badArchive, readingArchive } from '../archive/archive-error.ts';
import { extractFiles } from '../archive/extract-files.ts';
import { FileTree } from '../archive/file-tree.ts';
import {
  KERNEL_ENTRY_FORMAT,
  naming,
  readKernelEntry,
  writeRecord,
} from '../archive/kernel-entry.ts';
import { findLooseModules } from '../archive/kernel-layout.ts';
import { archiveFile, listArchive } from '../archive/read-archive.ts';
import { readKernelConfig } from '../config/read-config.ts';
import type { ProviderContext } from '../kernel-context.ts';
import { readKernelRelease } from '../kernel-file.ts';
import type { BootableKernel } from '../kernel-image.ts';
import { fetchFile } from '../web/fetch-file.ts';
import { shownUrl } from '../web/web-client.ts';

/** More than any kernel or any archive of modules has. */
const FILE_BYTES_MAX = 2 * 1024 ** 3;

/**
 * A kernel from the web, from the cache if files with these digests were fetched before, wherever from.
 * Throws an InfraError if a file cannot be fetched or has another digest, a UsageError if it is not
 * what it should be.
 */
export async function resolveUrlKernel(
  source: UrlSource,
  context: ProviderContext,
): Promise<BootableKernel> {
  const { image, config, modules } = source;
  const digests = [image, config, modules].map((file) => file?.sha256 ?? 'none');
  const identity = [KERNEL_ENTRY_FORMAT, ...digests].join('\n');
  const key = `kernels/url-${nameOfDigest(digestOf(identity))}`;
  const shown = shownUrl(new URL(image.url));
  if (context.offline && (await findEntry(context.cacheRoot, key)).kind !== 'sound') {
    throw new InfraError(`offline, and ${shown} was not fetched before`, {
      code: 'OFFLINE',
      remedy: 'run once with the network, without --offline',
    });
  }
  const entry = await cachedEntry(
    context.cacheRoot,
    key,
    (folder) => fill(folder, source, context),
    waitForEntry(`fetching ${shown}`, context),
  );
  const { name: _, ...kernel } = await readKernelEntry(entry);
  const inputs = omitUndefined({
    image: image.sha256,
    config: config?.sha256,
    modules: modules?.sha256,
  });
  return { ...kernel, origin: `url ${shown}`, pin: { inputs } };
}

async function fill(
  folder: string,
  { image, config, modules }: UrlSource,
  context: ProviderContext,
): Promise<void> {
  const fetch = async ({ url, sha256 }: WebFile, name: string): Promise<string> => {
    const expected = { sha256, says: 'the matrix says', bytesMax: FILE_BYTES_MAX };
    await fetchFile(new URL(url), join(folder, name), expected, context);
    return join(folder, name);
  };
  const words = wordsFor(image, 'a bzImage or ELF vmlinux');
  const path = await fetch(image, 'vmlinuz');
  const release = await naming(words, 'image', () => readKernelRelease(path));
  if (config !== undefined) {
    const text = await fetch(config, 'config');
    await naming(wordsFor(config, "a kernel's .config"), 'config', () => readKernelConfig(text));
  }
  if (modules !== undefined) {
    const archive = await fetch(modules, 'modules.tar');
    await unpackModules(folder, archive, release, modules);
    await rm(archive);
  }
  await writeRecord(folder, {
    name: 'vmlinuz',
    release,
    image: 'vmlinuz',
    ...(config !== undefined && { config: 'config' }),
    ...(modules !== undefined && { modules: join('modules', release) }),
  });
}

async function unpackModules(
  folder: string,
  archive: string,
  release: string,
  file: WebFile,
): Promise<void> {
  const words = wordsFor(file, `a tar file with lib/modules/${release}`);
  await readingArchive(words, async () => {
    const tree = new FileTree();
    await listArchive(tree, 0, archiveFile(archive));
    const modules = findLooseModules(tree);
    const wanted = modules.filter((module) => module.release === release);
    if (wanted.length === 0) {
      const others = [...new Set(modules.map((module) => module.release))].slice(0, 3);
      const found = others.length === 0 ? 'no modules' : `modules of ${others.join(', ')}`;
      throw badArchive(words, found);
    }
    await extractFiles(
      [archiveFile(archive)],
      wanted.map(({ path, file }) => ({ file, to: join(folder, 'modules', release, path) })),
    );
  });
}

function wordsFor({ url }: WebFile, expected: string): ArchiveWords {
  return { archive: shownUrl(new URL(url)), expected, remedy: 'name another file in the matrix' };
}
