/**
 * Builds kernels side by side: the one that a search waits for, and those that it may ask for next. None of the
 * latter is waited for, and what is not needed any more is stopped.
 */
import pLimit from 'p-limit';
import { InfraError, UsageError } from '../../errors.ts';
import type { Completed } from './config-bench.ts';

export interface BuildOptions {
  readonly signal: AbortSignal;
  /** Nobody waits for it: it gets what time of the CPU is left. */
  readonly isAhead: boolean;
  /** Whether somebody waits for it by now, and wants to see how it goes on. */
  readonly isShown: () => boolean;
}

export interface KernelBuilder {
  /** Builds a kernel into the cache. Rejects with the signal's reason if it is aborted. */
  build(completed: Completed, options: BuildOptions): Promise<void>;
  /** Makes ready for builds side by side; returns whether it is: not before a first kernel was built. */
  prepare(): Promise<boolean>;
}

interface Build {
  readonly controller: AbortController;
  /** Never rejects. */
  readonly ended: Promise<'built' | 'failed'>;
  isWanted: boolean;
}

export class BuildAhead implements AsyncDisposable {
  readonly #builder: KernelBuilder;
  readonly #jobs: number;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #builds = new Map<string, Build>();
  #isReady = false;
  /** Exceptions that no kernel is to blame for. */
  readonly #bugs: unknown[] = [];

  /** @param jobs How many builds at once, the one that is waited for among them; 2 or more. */
  constructor(builder: KernelBuilder, jobs: number) {
    this.#builder = builder;
    this.#jobs = jobs;
    this.#limit = pLimit(jobs);
  }

  /** Whether a kernel was built, or is being built, before anybody has waited for it. */
  has({ digest }: Completed): boolean {
    return this.#builds.has(digest);
  }

  /**
   * Builds a kernel and does something with it, while those are built that may be next. A build that fails counts
   * as done: whoever needs the kernel builds it again, and says why it fails.
   * @param next The likeliest first; no more than needed are taken.
   */
  async during<T>(
    wanted: Completed,
    next: AsyncIterable<Completed>,
    use: () => Promise<T>,
  ): Promise<T> {
    // What is being built is for another answer, unless this is one of those.
    if (!this.#builds.has(wanted.digest)) await this.#stop(() => true);
    this.#isReady ||= await this.#builder.prepare();
    const build = this.#begin(wanted, false);
    build.isWanted = true;
    const over = new AbortController();
    const ahead = this.#isReady ? this.#buildNext(wanted, next, over.signal) : Promise.resolve();
    const used = await this.#use(build, use).finally(async () => {
      over.abort();
      await ahead;
    });
    if (this.#bugs.length > 0) throw this.#bugs[0];
    return used;
  }

  /** Ends all builds that nobody waits for. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop(() => true);
  }

  async #use<T>({ ended }: Build, use: () => Promise<T>): Promise<T> {
    // Whoever builds it again must not have to wait for the others.
    if ((await ended) === 'failed') await this.#stop(() => true);
    return await use();
  }

  async #buildNext(
    wanted: Completed,
    next: AsyncIterable<Completed>,
    over: AbortSignal,
  ): Promise<void> {
    const kept = new Set([wanted.digest]);
    try {
      for await (const completed of next) {
        if (over.aborted) return;
        kept.add(completed.digest);
        this.#begin(completed, true);
        // The wanted one is not one of them.
        if (kept.size > this.#jobs) break;
      }
    } catch (error) {
      this.#bugs.push(error);
    }
    await this.#stop((digest) => !kept.has(digest));
  }

  #begin(completed: Completed, isAhead: boolean): Build {
    const before = this.#builds.get(completed.digest);
    if (before !== undefined) return before;
    const controller = new AbortController();
    const { signal } = controller;
    const build: Build = {
      controller,
      isWanted: !isAhead,
      ended: this.#limit(async () => {
        try {
          signal.throwIfAborted();
          const isShown = (): boolean => build.isWanted;
          await this.#builder.build(completed, { signal, isAhead, isShown });
          return 'built';
        } catch (error) {
          if (!signal.aborted && !isExpected(error)) this.#bugs.push(error);
          return 'failed';
        }
      }),
    };
    this.#builds.set(completed.digest, build);
    return build;
  }

  /** Those that have ended are only forgotten if they failed. */
  async #stop(isDoomed: (digest: string) => boolean): Promise<void> {
    const doomed = [...this.#builds].filter(([digest]) => isDoomed(digest));
    for (const [, { controller }] of doomed) controller.abort(new Error('not needed any more'));
    for (const [digest, { ended }] of doomed) {
      if ((await ended) === 'failed') this.#builds.delete(digest);
    }
  }
}

function isExpected(error: unknown): boolean {
  return error instanceof UsageError || error instanceof InfraError;
}

const GIB = 1024 ** 3;
/** A build alone keeps this many CPUs busy, apart from linking. */
const CPUS_PER_BUILD = 4;
const BYTES_PER_BUILD = 2 * GIB;
/** The one that is waited for, and one for either outcome. */
const DEFAULT_MAX = 3;

/** How many kernels are built at once unless the user says so. */
export function defaultBuilds(host: { readonly cpus: number; readonly freeBytes: number }): number {
  const fitting = Math.min(host.cpus / CPUS_PER_BUILD, host.freeBytes / BYTES_PER_BUILD);
  return Math.max(1, Math.min(DEFAULT_MAX, Math.floor(fitting)));
}
