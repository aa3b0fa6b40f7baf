import type { BaselineFacts, ConfigChange, Emit, RunEvent } from '../events.ts';

/** What a run is compared with. */
export interface RunBaseline {
  readonly facts: BaselineFacts;
  /**
   * How a kernel's configuration, which the run's folder has by then, differs from the baseline's;
   * `undefined` if it does not. Must not reject.
   */
  diffConfig(kernel: string, digest: string): Promise<ConfigChange | undefined>;
}

/**
 * Tells how configurations differ from those of the baseline, once they are known: some before anything
 * boots, some only when a guest has told its own.
 */
export class BaselineConfigs {
  readonly #baseline: RunBaseline | undefined;
  readonly #emit: Emit;
  /** By the kernel's name: the last that was heard, and the last that was told. */
  readonly #heard = new Map<string, string>();
  readonly #told = new Map<string, string>();

  constructor(baseline: RunBaseline | undefined, emit: Emit) {
    this.#baseline = baseline;
    this.#emit = emit;
  }

  /** Takes every event of the run. */
  hear(event: RunEvent): void {
    if (event.type === 'kernel-config') this.#heard.set(event.name, event.config.digest);
    if (event.type !== 'kernel-end') return;
    const { name, config } = event.kernel;
    if (config !== undefined) this.#heard.set(name, config.digest);
  }

  /** Tells what was heard since it last did. */
  async tell(): Promise<void> {
    for (const [name, digest] of this.#heard) {
      if (this.#told.get(name) === digest) continue;
      this.#told.set(name, digest);
      const change = await this.#baseline?.diffConfig(name, digest);
      if (change !== undefined) this.#emit({ type: 'baseline-config', name, change });
    }
  }
}
