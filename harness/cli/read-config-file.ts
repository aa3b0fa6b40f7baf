import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { UsageError } from '../errors.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../kconfig/parse-config.ts';

export interface ReadConfig {
  readonly config: KernelConfig;
  readonly release?: string;
  /** What kind of file it was, for people. */
  readonly from: string;
}

/** A configuration from a file of its own. Rejects with a UsageError if there is none in it. */
export async function readConfigFile(path: string): Promise<ReadConfig> {
  const bytes = await readFile(path);
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const parsed = parseKernelConfig(text);
  if (parsed.kind === 'no-config') {
    throw new UsageError(`${path}: expected a kernel's configuration; found ${parsed.looksLike}`, {
      code: 'NO_CONFIG',
      remedy: 'name a .config',
    });
  }
  const { config } = parsed;
  return {
    config,
    from: path,
    ...(config.version !== undefined && { release: config.version }),
  };
}
