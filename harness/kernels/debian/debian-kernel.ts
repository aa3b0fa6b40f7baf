import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { findEntry } from '../../cache/existing-entry.ts';
import type { Waiting } from '../../cache/host-lock.ts';
import type { FetchProgress } from '../../debian/fetch-progress.ts';
import { LIST_AGE_MS } from '../../debian/kept-answer.ts';
import { waitForEntry } from '../../debian/wait-for-entry.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { DebianSource } from '../../matrix/matrix.ts';
import type { ProviderContext } from '../kernel-context.ts';
import type { BootableKernel, KernelPin } from '../kernel-image.ts';
import { chooseKernels, type KernelChoice } from './choose-kernel.ts';
import { type KernelArchive, openKernelArchive } from './kernel-archive.ts';
import { noKernel, notKept } from './no-kernel.ts';
import { inArchive, notKeptOffline, pinnedChoice, pinOf } from './pinned-kernel.ts';
import { readUnpackedKernel, unpackKernel } from './unpack-kernel.ts';
import { compareVersions } from './version.ts';
import { notVouched, vouchedKernels } from './vouch.ts';

/** A list younger than this is not fetched again, even if something is missing from it. */
const SURELY_FRESH_MS = 5 * 60 * 1000;

/** Changes when the layout of entries changes, or the way in which they are unpacked. */
const ENTRY_FORMAT = 2;

/**
 * A packaged kernel, from the cache if it was used before. Lists of packages are refreshed once a
 * day, and whenever they lack what is asked for or name what is gone. Throws a UsageError if there
 * is no such suite or kernel, an InfraError if it cannot be fetched.
 */
export async function resolveDebianKernel(
  source: DebianSource,
  context: ProviderContext,
  archive: KernelArchive = openKernelArchive(context),
): Promise<BootableKernel> {
  const { pin } = context;
  if (pin !== undefined) return resolvePinned(source, pin, context, archive);
  try {
    return await resolve(source, context, archive, LIST_AGE_MS);
  } catch (error) {
    if (context.offline || !isOutdated(error)) throw error;
    return resolve(source, context, archive, SURELY_FRESH_MS);
  }
}

function isOutdated(error: unknown): boolean {
  if (error instanceof UsageError) return error.code === 'NO_KERNEL' || error.code === 'UNLISTED';
  return error instanceof InfraError && error.code === 'PACKAGE_GONE';
}

async function resolve(
  source: DebianSource,
  context: ProviderContext,
  archive: KernelArchive,
  maximalAgeMs: number,
): Promise<BootableKernel> {
  const suites = await Promise.all(
    source.suites.map((suite) => archive.listSuite(suite, maximalAgeMs)),
  );
  const [best, ...others] = chooseKernels(source, suites);
  if (!best) throw noKernel(source, suites);
  const choices = vouchedKernels(source, [best, ...others]);
  if (choices.length === 0) throw await notVouched(source, best, context.cacheRoot);
  const choice = context.offline ? await findKept(choices, context) : choices[0];
  if (!choice) throw notKept(choices);
  if (!context.offline && isNewer(best, choice)) context.onProgress(passedOver(best, choice));
  const entry = await cachedEntry(
    context.cacheRoot,
    entryKey(choice),
    (folder) => unpackKernel(folder, choice, archive, context),
    waitForChoice(choice, context),
  );
  return readEntry(entry, choice);
}

function waitForChoice({ name, version }: KernelChoice, context: ProviderContext): Waiting {
  return waitForEntry(`fetching ${name} ${version}`, context);
}

/** Needs no lists, and nothing of the network if the cache has it. */
async function resolvePinned(
  source: DebianSource,
  pin: KernelPin,
  context: ProviderContext,
  archive: KernelArchive,
): Promise<BootableKernel> {
  const choice = pinnedChoice(source, pin);
  const key = entryKey(choice);
  if (context.offline && (await findEntry(context.cacheRoot, key)).kind !== 'sound') {
    throw notKeptOffline(choice);
  }
  const entry = await cachedEntry(
    context.cacheRoot,
    key,
    async (folder) => {
      const located = inArchive(choice, await archive.locate(choice.suite));
      await unpackKernel(folder, located, archive, context);
    },
    waitForChoice(choice, context),
  );
  // What no list has ever had stays so, though the lock vouches for it now.
  const lacking = pin.debian?.files.filter(({ unlisted }) => unlisted) ?? [];
  const unlisted = lacking.map(({ package: name, sha256 }) => ({
    ...{ name, sha256, vouchedBy: 'lock' as const },
  }));
  return { ...(await readEntry(entry, choice)), pin, ...(unlisted.length > 0 && { unlisted }) };
}

async function readEntry(entry: string, choice: KernelChoice): Promise<BootableKernel> {
  const { sha256, ...kernel } = await readUnpackedKernel(entry);
  const origin = describeOrigin(choice);
  return { ...kernel, origin, pin: pinOf(choice, sha256), ...findUnlisted(choice, sha256) };
}

function isNewer(one: KernelChoice, other: KernelChoice): boolean {
  return compareVersions(one.version, other.version) > 0;
}

function passedOver(best: KernelChoice, choice: KernelChoice): FetchProgress {
  const text =
    `${best.name} ${best.version} is newer than ${choice.version}, which is used because ` +
    'someone vouches for all its packages';
  return { kind: 'note', text };
}

/** By the exact packages: a kernel that Debian replaces under the same name is a new entry. */
export function entryKey({ name, packages }: KernelChoice): string {
  const lines = packages.map((file) => `${file.name}=${file.version} ${file.sha256 ?? 'unlisted'}`);
  return `kernels/${name}-${nameOfDigest(digestOf([ENTRY_FORMAT, ...lines].join('\n')))}`;
}

async function findKept(
  choices: readonly KernelChoice[],
  { cacheRoot }: ProviderContext,
): Promise<KernelChoice | undefined> {
  for (const choice of choices) {
    const { kind } = await findEntry(cacheRoot, entryKey(choice));
    if (kind === 'sound') return choice;
  }
  return undefined;
}

function describeOrigin({ name, version, suite }: KernelChoice): string {
  return `debian ${name} ${version} (${suite})`;
}

function findUnlisted(
  { packages }: KernelChoice,
  digests: Readonly<Record<string, string>>,
): Pick<BootableKernel, 'unlisted'> {
  const unlisted = packages.flatMap(({ name, vouchedBy }) =>
    vouchedBy === 'list' || vouchedBy === 'lock'
      ? []
      : [{ name, vouchedBy, sha256: digests[name] ?? '' }],
  );
  return unlisted.length > 0 ? { unlisted } : {};
}
