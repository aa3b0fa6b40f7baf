import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import type { ConfigFacts, Emit, KernelFacts } from '../events.ts';
import {
  configIn,
  describeConfigs,
  type FoundKernelConfig,
} from '../kernels/config/config-facts.ts';
import { copyConfigFile, readConfigFile, writeConfigFile } from '../kernels/config/config-files.ts';
import { CONFIG_BYTES_MAX } from '../kernels/config/ikconfig.ts';
import { findKernelConfigs, keepGuestConfig } from '../kernels/config/kernel-configs.ts';
import { CONFIGS_FOLDER } from '../kernels/config/run-configs.ts';
import { decompress } from '../kernels/decompress.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';

interface RecordedKernel {
  readonly image: KernelImage;
  /** What is known of it without a boot. */
  readonly facts: ConfigFacts | undefined;
}

/**
 * Puts what the kernels of a run were built with into the run's folder. No result depends on it: what
 * cannot be found out or written is reported as missing.
 */
export class ConfigRecorder {
  readonly #cacheRoot: string;
  readonly #folder: string;
  readonly #emit: Emit;
  readonly #kernels = new Map<string, RecordedKernel>();
  /** By the kernel's name: what its first guest has said. */
  readonly #told = new Map<string, Promise<void>>();

  /** @param folder The run's. */
  constructor(cacheRoot: string, folder: string, emit: Emit) {
    this.#cacheRoot = cacheRoot;
    this.#folder = join(folder, CONFIGS_FOLDER);
    this.#emit = emit;
  }

  /** Records what is known without a boot, and returns what the report says of it. */
  async record(
    name: string,
    image: KernelImage,
  ): Promise<Pick<KernelFacts, 'config' | 'configMissing'>> {
    const found = await findKernelConfigs(this.#cacheRoot, image);
    this.#kernels.set(name, { image, facts: undefined });
    if (found.kind === 'missing') return { configMissing: found.why };
    const { facts, folder } = found;
    try {
      for (const { digest } of [facts, ...(facts.disagreements ?? [])]) {
        await copyConfigFile(folder, this.#folder, digest);
      }
    } catch (error) {
      if (error instanceof InfraError) return { configMissing: error.message };
      throw error;
    }
    this.#kernels.set(name, { image, facts });
    return { config: facts };
  }

  /** Takes the `/proc/config.gz` of a guest. All guests of a kernel have the same. */
  hear(name: string, packed: Buffer): void {
    const kernel = this.#kernels.get(name);
    if (kernel === undefined || this.#told.has(name)) return;
    const told = this.#recordTold(name, kernel, packed);
    // Whoever settles hears of errors.
    told.catch(() => undefined);
    this.#told.set(name, told);
  }

  /** Resolves when all that was heard is recorded. */
  async settle(): Promise<void> {
    await Promise.all(this.#told.values());
  }

  async #recordTold(
    name: string,
    { image, facts: known }: RecordedKernel,
    packed: Buffer,
  ): Promise<void> {
    const told = await unpackTold(packed);
    if (told === undefined) return;
    try {
      await writeConfigFile(this.#folder, told.text);
      const config = describeConfigs([told, ...(await this.#read(known))]);
      if (config !== undefined) this.#emit({ type: 'kernel-config', name, config });
      if (known === undefined) await keepGuestConfig(this.#cacheRoot, image, told);
    } catch (error) {
      // A full disk, which the run runs into anyway.
      if (!(error instanceof InfraError)) throw error;
    }
  }

  /** The configurations that facts are about, but for what a guest has said. */
  async #read(facts: ConfigFacts | undefined): Promise<readonly FoundKernelConfig[]> {
    if (facts === undefined) return [];
    const { digest, from, alsoFrom = [], disagreements = [] } = facts;
    const places = [{ from, digest }, ...alsoFrom.map((place) => ({ from: place, digest }))];
    const wanted = [...places, ...disagreements].filter((place) => place.from !== 'guest');
    const found = await Promise.all(
      wanted.map(async (place) =>
        configIn(place.from, await readConfigFile(this.#folder, place.digest)),
      ),
    );
    return found.filter((one) => one !== undefined);
  }
}

/** Undefined for whatever is no configuration: a guest may say anything. */
async function unpackTold(packed: Buffer): Promise<FoundKernelConfig | undefined> {
  const limits = { bytesMax: CONFIG_BYTES_MAX, what: 'configurations' };
  const unpacked = await decompress(packed, 'gzip', limits);
  return unpacked.kind === 'content' ? configIn('guest', unpacked.bytes) : undefined;
}
