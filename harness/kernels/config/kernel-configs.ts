import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { nameOfDigest } from '../../cache/digest.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { ConfigFacts } from '../../events.ts';
import { stateOf } from '../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../kconfig/parse-config.ts';
import { toLine } from '../../text.ts';
import { readKernelFile } from '../kernel-file.ts';
import type { KernelImage } from '../kernel-image.ts';
import { describeConfigs, type FoundKernelConfig } from './config-facts.ts';
import { writeConfigFile } from './config-files.ts';
import { findConfig } from './find-config.ts';
import { readKernelConfig } from './read-config.ts';

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

/** Changes whenever an entry of the cache would have another content. */
const FORMAT = 1;
const RECORD = 'configs.json';

/** Looked up once for each kernel, and then kept in the cache. */
export async function findKernelConfigs(
  cacheRoot: string,
  kernel: KernelImage,
): Promise<KernelConfigs> {
  const key = `kernel-configs/${FORMAT}-${nameOfDigest(kernel.digest)}`;
  try {
    const folder = await cachedEntry(cacheRoot, key, async (entry) => {
      const record = await lookUp(kernel, entry);
      await writeFile(join(entry, RECORD), JSON.stringify(record, null, 2));
    });
    const text = await readFile(join(folder, RECORD), 'utf8');
    const record = JSON.parse(text) as Known | Missing;
    return record.kind === 'known' ? { ...record, folder } : record;
  } catch (error) {
    // A host that lacks a program or space: nothing that the run's results depend on.
    if (!(error instanceof InfraError)) throw error;
    const { message, remedy } = error;
    return { kind: 'missing', why: remedy === undefined ? message : `${message}: ${remedy}` };
  }
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

async function readFileOf({ config: path, configFrom }: KernelImage): Promise<LookedAt> {
  if (path === undefined) return undefined;
  try {
    const { config, text } = await readKernelConfig(path);
    return { from: configFrom ?? 'file', config, text };
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** The image of a package is what its configuration says; one of the user's may be from elsewhere. */
async function readImageOf(
  { image }: KernelImage,
  found: readonly FoundKernelConfig[],
): Promise<LookedAt> {
  const isTold = found.some(
    ({ from, config }) => from === 'package' && stateOf(config, 'IKCONFIG').kind !== 'value',
  );
  if (isTold) return undefined;
  const inImage = await findConfig(await readKernelFile(image), image);
  if (inImage.kind === 'nothing') return `${image}: ${inImage.problem}: ${inImage.remedy}`;
  const parsed = parseKernelConfig(inImage.text);
  if (parsed.kind === 'no-config') return `${image}: ${parsed.looksLike} for a configuration`;
  return { from: 'image', config: parsed.config, text: inImage.text };
}
