/** `kmx watch`: runs tests again whenever their agent has changed. */
import { resolve } from 'node:path';
import { cacheRoot } from '../../cache/cache-root.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { readCacheMax } from '../bound-cache.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import type { HostOptions } from '../open-run.ts';
import type { SelectionOptions } from '../selection.ts';
import { shownFolder } from '../shown-folder.ts';
import { createRunId } from '../wanted-run.ts';
import { ChangeDetector } from './change-detector.ts';
import { watchLoop } from './watch-loop.ts';
import { WatchRounds } from './watch-rounds.ts';
import { WatchScreen } from './watch-screen.ts';

export interface WatchOptions extends SelectionOptions, HostOptions {
  readonly agent: string;
  readonly matrix: string;
  readonly out: string;
  readonly jobs?: number;
}

/** Ends with Ctrl-C, or in the first round if that cannot be run. */
export async function watch(options: WatchOptions): Promise<number> {
  const { jobs, mirror, offline } = options;
  using interrupts = listenForInterrupts({ first: 'kmx: stopping' });
  const { signal } = interrupts;
  const detector = new ChangeDetector();
  const screen = new WatchScreen(process.stdout, process.env);
  const rounds = new WatchRounds({
    ...options,
    ...{ folder: resolve(options.out, `watch-${createRunId()}`), detector },
    cacheMax: readCacheMax(process.env),
    screen,
    host: {
      ...{ cacheRoot: cacheRoot(process.env), findQemu: lookForQemu(process.env) },
      ...{ hasTemplates: true, signal, ...omitUndefined({ jobs, mirror, offline }) },
    },
  });
  try {
    const runRound: typeof rounds.run = (round, stop) => rounds.run(round, stop);
    const onMissing = (paths: readonly string[]): void =>
      screen.waiting(`${paths.map(shownFolder).join(', ')} is gone: waiting for it`);
    return await watchLoop({ detector, runRound, onMissing, signal });
  } catch (error) {
    if (signal.aborted) return EXIT_CODES.interrupted;
    throw error;
  }
}
