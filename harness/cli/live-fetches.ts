/** Kernels that are fetched and built, redrawn on a terminal. */
import type { createLogUpdate } from 'log-update';
import { count } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { renderElapsed } from '../reporters/progress.ts';
import { renderTable } from '../reporters/table.ts';
import { formatBytes } from './format-bytes.ts';
import {
  describeDone,
  describeState,
  type FetchDisplay,
  rateOf,
  WorkList,
} from './work-in-progress.ts';

/** Unpacking takes a minute without any progress: the clock must go on, or it looks stuck. */
const REDRAW_MS = 1000;

/** Calls a function now and then; returns what ends that. */
type Repeat = (draw: () => void) => () => void;

const everySecond: Repeat = (draw) => {
  const timer = setInterval(draw, REDRAW_MS).unref();
  return () => clearInterval(timer);
};

/** A line for each fetch and each step, and one for the total; what was done stays in the end. */
export function createLiveFetches(
  log: ReturnType<typeof createLogUpdate>,
  colors: Colors,
  fit: (line: string) => string,
  now: () => number = () => performance.now(),
  repeat: Repeat = everySecond,
): FetchDisplay {
  const works = new WorkList();
  const fetched = new FetchTotal();
  let beginMs: number | undefined;
  let stopRedrawing: (() => void) | undefined;
  let isOver = false;

  function begin(): void {
    beginMs ??= now();
    stopRedrawing ??= repeat(draw);
  }

  function draw(): void {
    if (beginMs === undefined) return;
    const running = works.all;
    const rows = running.map((work) => [
      `  ${work.kernel}`,
      describeState(work, now()),
      colors.dim(work.what),
    ]);
    const fetches = running.filter(({ kind }) => kind === 'fetch');
    const underway = fetches.reduce((sum, fetch) => sum + (fetch.done ?? 0), 0);
    const header = [
      ...(fetches.length === 0
        ? [colors.bold('preparing kernels')]
        : [
            colors.bold(`fetching ${count(fetches.length, 'file')}, ${fetched.files} done`),
            fetched.describe(underway, now()),
          ]),
      colors.dim(renderElapsed(now() - beginMs)),
    ].join('  ');
    log([header, ...renderTable(rows)].map(fit).join('\n'));
  }

  return {
    onProgress(progress) {
      // Other kernels may still be fetched when the fault of one has been printed.
      if (isOver) return;
      switch (progress.kind) {
        case 'note':
          log.persist(`${progress.kernel}: ${progress.text}`);
          break;
        case 'fetching':
        case 'working':
          begin();
          works.note(progress, now());
          break;
        case 'fetched':
          works.take(progress);
          fetched.add(progress.bytes);
          break;
        case 'worked': {
          const elapsed = renderElapsed(now() - (works.take(progress)?.beginMs ?? now()));
          log.persist(`${progress.kernel}: ${describeDone(progress)} in ${elapsed}`);
          break;
        }
        case 'not-fetched':
        case 'not-worked':
          works.take(progress);
      }
      fetched.mark(
        works.all.some(({ kind }) => kind === 'fetch'),
        now(),
      );
      draw();
    },
    [Symbol.dispose]() {
      isOver = true;
      stopRedrawing?.();
      log.clear();
      if (fetched.files > 0) log.persist(fetched.describeEnd());
      log.done();
    },
  };
}

/** What was fetched, and how long that took: without the time in which nothing was being fetched. */
class FetchTotal {
  #bytes = 0;
  #files = 0;
  #beforeMs = 0;
  #sinceMs: number | undefined;

  get files(): number {
    return this.#files;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#files += 1;
  }

  mark(isFetching: boolean, nowMs: number): void {
    if (isFetching) this.#sinceMs ??= nowMs;
    else {
      this.#beforeMs = this.#elapsedMs(nowMs);
      this.#sinceMs = undefined;
    }
  }

  /** `8.0 MiB, 2.0 MiB/s`, with what is not complete yet. */
  describe(underway: number, nowMs: number): string {
    const bytes = this.#bytes + underway;
    return `${formatBytes(bytes)}, ${rateOf(bytes, this.#elapsedMs(nowMs))}`;
  }

  describeEnd(): string {
    const elapsed = renderElapsed(this.#beforeMs);
    return `fetched ${count(this.#files, 'file')}, ${formatBytes(this.#bytes)} in ${elapsed}`;
  }

  #elapsedMs(nowMs: number): number {
    return this.#beforeMs + (this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs);
  }
}
