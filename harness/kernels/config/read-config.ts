import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { ConfigOrigin } from '../../events.ts';
import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import { type ConfigProblem, parseKernelConfig } from '../../kconfig/parse-config.ts';
import { FileFault, type ReadLimits, readRegularFile } from '../read-regular-file.ts';
import { type FoundConfig, findConfig, isText, type Nothing, nothing } from './find-config.ts';
import { CONFIG_BYTES_MAX } from './ikconfig.ts';

export interface ReadConfig {
  readonly config: KernelConfig;
  /** What was not read, or counts in another way than it seems to: the first of them. */
  readonly problems: readonly ConfigProblem[];
  readonly problemCount: number;
  /** The text, unpacked. */
  readonly text: Buffer;
  readonly from: ConfigOrigin;
}

/**
 * The configuration in a file: a .config, plain or packed (/boot/config-…, /proc/config.gz); a
 * bzImage or vmlinux, plain or packed, or a configs.ko, if built with CONFIG_IKCONFIG; a Debian
 * package of a kernel's image, modules or headers. What a file is shows in its content; its name
 * does not matter.
 *
 * Throws a UsageError for anything else, an InfraError if the host lacks a program that unpacks it.
 */
export async function readKernelConfig(path: string): Promise<ReadConfig> {
  const found = await findConfigIn(path);
  if (found.kind === 'nothing') throw noConfig(path, withNeighbour(path, found));
  const read = readText(found.text, found.from);
  if (typeof read === 'string') throw noConfig(path, nothing(read));
  return read;
}

/** Returns what a text looks like if it is no configuration. */
export function readText(text: Buffer, from: ConfigOrigin): ReadConfig | string {
  const parsed = parseKernelConfig(text);
  if (parsed.kind === 'no-config') return parsed.looksLike;
  const { config, problems, problemCount } = parsed;
  return { config, problems, problemCount, text, from };
}

/** A vmlinux with all its debug information has several hundred MiB. */
const IMAGE_BYTES_MAX = 2 * 1024 * 1024 * 1024;
const HEAD_BYTES = 4096;
const PACKAGE_MARK = '!<arch>\n';

async function findConfigIn(path: string): Promise<FoundConfig> {
  const head = await readFile(path, { bytesMax: IMAGE_BYTES_MAX, headBytes: HEAD_BYTES });
  if (head.toString('latin1', 0, PACKAGE_MARK.length) === PACKAGE_MARK) {
    const { readPackageConfig } = await import('../debian/package-config.ts');
    const found = await readPackageConfig(path, CONFIG_BYTES_MAX);
    if (found.kind === 'content') return { kind: 'text', text: found.bytes, from: 'package' };
    return nothing(found.problem, 'name the package of an image or its modules: linux-image-…');
  }
  const bytesMax = isText(head) ? CONFIG_BYTES_MAX : IMAGE_BYTES_MAX;
  return await findConfig(await readFile(path, { bytesMax }), path);
}

/** Where there is a config beside an image, that is the one to name. */
function withNeighbour(path: string, found: Nothing): Nothing {
  const [, suffix] = /^vmlinu[xz](-.+)?$/.exec(basename(path)) ?? [];
  const neighbour = join(dirname(path), `config${suffix ?? ''}`);
  if (neighbour === path || !existsSync(neighbour)) return found;
  return { ...found, remedy: `name ${neighbour}, which is beside it` };
}

async function readFile(path: string, limits: ReadLimits): Promise<Buffer> {
  try {
    return await readRegularFile(path, limits);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof FileFault) throw noConfig(path, nothing(message), error);
    throw new UsageError(`${path}: the kernel's configuration cannot be read: ${message}`, {
      code: 'KERNEL_UNREADABLE',
      remedy: 'name a file that you may read',
      cause: error,
    });
  }
}

function noConfig(path: string, { problem, remedy }: Nothing, cause?: unknown): UsageError {
  return new UsageError(`${path}: expected a kernel's configuration; found ${problem}`, {
    code: 'NO_CONFIG',
    remedy,
    cause,
  });
}
