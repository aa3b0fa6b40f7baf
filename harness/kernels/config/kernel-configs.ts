import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { nameOfDigest } from '../../cache/digest.ts';
import { findEntry } from '../../cache/existing-entry.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { ConfigFacts } from '../../events.ts';
import { stateOf } from '../../kconfig/kernel-config.ts';
import { toLine } from '../../text.ts';
import { readKernelFile } from '../kernel-file.ts';
import type { KernelImage } from '../kernel-image.ts';
import { configIn, describeConfigs, type FoundKernelConfig } from './config-facts.ts';
import { readConfigFile, writeConfigFile } from './config-files.ts';
import { findConfig } from './find-config.ts';
import { type ReadConfig, readKernelConfig, readText } from './read-config.ts';

/** What is known of a kernel's configuration without booting it. */
export type KernelConfigs =
  /** The folder holds the texts, by digest: see `readConfigFile`. */
  (Known & { readonly folder: string }) | Missing;

interface Known {
  readonly kind: 'known';
  readonly facts: ConfigFacts;
}

interface Missing {
  readonly kind: 'missing';
  /** One sentence. */
  readonly why: string;
}

export interface KnownConfig extends ReadConfig {
  readonly facts: ConfigFacts;
}

/** Changes whenever an entry of the cache would have another content. */
const FORMAT = 1;
const RECORD = 'configs.json';

/**
 * Looked up once for each kernel, and then kept in the cache. Where nothing else has it, what a guest of
 * an earlier run has said counts.
 */
export async function findKernelConfigs(
  cacheRoot: string,
  kernel: KernelImage,
): Promise<KernelConfigs> {
  const { own, ofGuest } = keysOf(kernel);
  const found = await orMissing(async () => {
    const entry = await cachedEntry(cacheRoot, own, async (folder) => {
      await writeRecord(folder, await lookUp(kernel, folder));
    });
    return await readRecord(entry);
  });
  if (found.kind === 'known') return found;
  return await orMissing(async () => {
    const told = await findEntry(cacheRoot, ofGuest);
    return told.kind === 'sound' ? await readRecord(told.entry) : found;
  });
}

/** The one that counts; undefined if none is known. Throws if it cannot be read. */
export async function readKnownConfig(
  cacheRoot: string,
  kernel: KernelImage,
): Promise<KnownConfig | undefined> {
  const found = await findKernelConfigs(cacheRoot, kernel);
  if (found.kind === 'missing') return undefined;
  const { facts, folder } = found;
  const read = readText(await readConfigFile(folder, facts.digest), facts.from);
  return typeof read === 'string' ? undefined : { ...read, facts };
}

/** A host may lack a program or space. */
async function orMissing(find: () => Promise<KernelConfigs>): Promise<KernelConfigs> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    const { message, remedy } = error;
    return { kind: 'missing', why: remedy === undefined ? message : `${message}: ${remedy}` };
  }
}

/** Keeps what a guest has said for later runs, whose guests may not boot but be restored. */
export async function keepGuestConfig(
  cacheRoot: string,
  kernel: KernelImage,
  told: FoundKernelConfig,
): Promise<void> {
  const facts = describeConfigs([told]);
  if (facts === undefined) return;
  await cachedEntry(cacheRoot, keysOf(kernel).ofGuest, async (folder) => {
    await writeConfigFile(folder, told.text);
    await writeRecord(folder, { kind: 'known', facts });
  });
}

function keysOf({ digest }: KernelImage): { readonly own: string; readonly ofGuest: string } {
  const own = `kernel-configs/${FORMAT}-${nameOfDigest(digest)}`;
  return { own, ofGuest: `${own}-guest` };
}

async function writeRecord(folder: string, record: Known | Missing): Promise<void> {
  await writeFile(join(folder, RECORD), JSON.stringify(record, null, 2));
}

async function readRecord(folder: string): Promise<KernelConfigs> {
  const record = JSON.parse(await readFile(join(folder, RECORD), 'utf8')) as Known | Missing;
  return record.kind === 'known' ? { ...record, folder } : record;
}

async function lookUp(kernel: KernelImage, folder: string): Promise<Known | Missing> {
  const found: FoundKernelConfig[] = [];
  const problems: string[] = [];
  for (const look of [readFileOf, readImageOf]) {
    const result = await look(kernel, found);
    if (typeof result === 'string') problems.push(result);
    else if (result !== undefined) found.push(result);
  }
  const facts = describeConfigs(found);
  if (facts === undefined) return { kind: 'missing', why: toLine(problems.join('; '), 500) };
  for (const { text } of found) await writeConfigFile(folder, text);
  return { kind: 'known', facts };
}

/** The configuration, or why there is none. */
type LookedAt = FoundKernelConfig | string | undefined;

async function readFileOf({ config: path, configFrom, image }: KernelImage): Promise<LookedAt> {
  if (path === undefined) return image === undefined ? NO_HOST_CONFIG : undefined;
  try {
    const { config, text } = await readKernelConfig(path);
    return { from: configFrom ?? 'file', config, text };
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

const NO_HOST_CONFIG =
  'this host has neither /proc/config.gz (CONFIG_IKCONFIG_PROC) nor /boot/config-… of its kernel';

/** The image of a package is what its configuration says; one of the user's may be from elsewhere. */
async function readImageOf(
  { image }: KernelImage,
  found: readonly FoundKernelConfig[],
): Promise<LookedAt> {
  if (image === undefined) return undefined;
  const isTold = found.some(
    ({ from, config }) => from === 'package' && stateOf(config, 'IKCONFIG').kind !== 'value',
  );
  if (isTold) return undefined;
  const inImage = await findConfig(await readKernelFile(image), image);
  if (inImage.kind === 'nothing') return `${image}: ${inImage.problem}: ${inImage.remedy}`;
  const inIt = configIn('image', inImage.text);
  return inIt ?? `${image}: what it has for a configuration holds no symbol`;
}
