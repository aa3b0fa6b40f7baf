import type { KernelProgress } from '../../kernels/kernel-context.ts';
import type { FetchDisplay } from '../work-in-progress.ts';

/**
 * What is fetched and built during a search, which also prints and runs guests: a display that is only there while
 * something is under way.
 */
export class StepDisplay implements AsyncDisposable {
  readonly #open: () => Promise<FetchDisplay>;
  readonly #running = new Set<string>();
  /** One after the other, since opening takes a moment. */
  #display: Promise<FetchDisplay | undefined> = Promise.resolve(undefined);

  constructor(open: () => Promise<FetchDisplay>) {
    this.#open = open;
  }

  readonly onProgress = (progress: KernelProgress): void => {
    this.#display = this.#display.then(async (before) => {
      const display = before ?? (await this.#open());
      display.onProgress(progress);
      this.#note(progress);
      if (this.#running.size > 0) return display;
      display[Symbol.dispose]();
      return undefined;
    });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    (await this.#display)?.[Symbol.dispose]();
  }

  #note(progress: KernelProgress): void {
    switch (progress.kind) {
      case 'note':
        break;
      case 'fetching':
      case 'working':
        this.#running.add(keyOf(progress));
        break;
      case 'fetched':
      case 'worked':
      case 'not-fetched':
      case 'not-worked':
        this.#running.delete(keyOf(progress));
    }
  }
}

function keyOf({ kernel, what }: { readonly kernel: string; readonly what: string }): string {
  return `${kernel}\n${what}`;
}
