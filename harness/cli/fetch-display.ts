/** Shows the progress of fetching kernels: hundreds of megabytes, before a run begins. */
import type { createLogUpdate } from 'log-update';
import type { KernelProgress } from '../kernels/kernel-context.ts';
import { count } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { renderElapsed } from '../reporters/progress.ts';
import { renderTable } from '../reporters/table.ts';
import { colorsFor } from './colors.ts';
import { formatBytes } from './format-bytes.ts';

export interface FetchDisplay extends Disposable {
  readonly onProgress: (progress: KernelProgress) => void;
}

/** A fetch in progress. */
interface Fetch {
  readonly beginMs: number;
  readonly kernel: string;
  readonly what: string;
  bytes: number;
  readonly bytesTotal: number | undefined;
  /** When the last line about it was logged. */
  toldMs: number;
}

/** Redraws on a terminal; elsewhere prints a line now and then. */
export async function openFetchDisplay(
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
): Promise<FetchDisplay> {
  const isLive = stream.isTTY && !environment.CI;
  if (!isLive) return createFetchLog((line) => void stream.write(`${line}\n`));
  const [{ createLogUpdate: create }, { fitWidth }] = await Promise.all([
    import('log-update'),
    import('../reporters/fit-width.ts'),
  ]);
  const fit = (line: string): string => fitWidth(line, stream);
  return createLiveFetches(create(stream), colorsFor(stream, environment), fit);
}

const TELL_EVERY_MS = 10_000;

/** For logs: a line at the beginning and end of each fetch, and every ten seconds in between. */
export function createFetchLog(
  print: (line: string) => void,
  now: () => number = () => performance.now(),
): FetchDisplay {
  const fetches = new Map<string, Fetch>();
  return {
    onProgress(progress) {
      const { kernel } = progress;
      switch (progress.kind) {
        case 'note':
          print(`${kernel}: ${progress.text}`);
          break;
        case 'fetching': {
          const isNew = !fetches.has(keyOf(progress));
          const fetch = noteFetch(fetches, progress, now());
          if (isNew) print(`${kernel}: fetching ${describeSize(fetch)}`);
          else if (now() - fetch.toldMs >= TELL_EVERY_MS) {
            fetch.toldMs = now();
            print(`${kernel}: ${fetch.what}, ${describeState(fetch, now())}`);
          }
          break;
        }
        case 'fetched': {
          const elapsed = renderElapsed(now() - (takeFetch(fetches, progress)?.beginMs ?? now()));
          const size = progress.bytes === 0 ? '' : `${formatBytes(progress.bytes)} `;
          print(`${kernel}: fetched ${progress.what}, ${size}in ${elapsed}`);
          break;
        }
        case 'not-fetched':
          // The error that ended it says why.
          takeFetch(fetches, progress);
      }
    },
    [Symbol.dispose]() {},
  };
}

/** For a terminal: a line for each fetch and one for the total; a summary line stays in the end. */
export function createLiveFetches(
  log: ReturnType<typeof createLogUpdate>,
  colors: Colors,
  fit: (line: string) => string,
  now: () => number = () => performance.now(),
): FetchDisplay {
  const fetches = new Map<string, Fetch>();
  let beginMs: number | undefined;
  let doneBytes = 0;
  let done = 0;

  function draw(): void {
    const running = [...fetches.values()];
    const bytes = running.reduce((sum, fetch) => sum + fetch.bytes, doneBytes);
    const elapsedMs = now() - (beginMs ?? now());
    const header = [
      colors.bold(describeWork(running.length, done)),
      `${formatBytes(bytes)}, ${rateOf(bytes, elapsedMs)}`,
      colors.dim(renderElapsed(elapsedMs)),
    ];
    const rows = running.map((fetch) => [
      `  ${fetch.kernel}`,
      describeState(fetch, now()),
      colors.dim(fetch.what),
    ]);
    log([header.join('  '), ...renderTable(rows)].map(fit).join('\n'));
  }

  return {
    onProgress(progress) {
      switch (progress.kind) {
        case 'note':
          log.persist(`${progress.kernel}: ${progress.text}`);
          break;
        case 'fetching':
          beginMs ??= now();
          noteFetch(fetches, progress, now());
          break;
        case 'fetched':
          takeFetch(fetches, progress);
          doneBytes += progress.bytes;
          done += 1;
          break;
        case 'not-fetched':
          takeFetch(fetches, progress);
      }
      if (beginMs !== undefined) draw();
    },
    [Symbol.dispose]() {
      log.clear();
      if (beginMs !== undefined && done > 0) {
        const elapsed = renderElapsed(now() - beginMs);
        log.persist(`fetched ${count(done, 'file')}, ${formatBytes(doneBytes)} in ${elapsed}`);
      }
      log.done();
    },
  };
}

/** Between two fetches, packages are being unpacked. */
function describeWork(running: number, done: number): string {
  if (running === 0) return `unpacking ${count(done, 'file')}`;
  return `fetching ${count(running, 'file')}, ${done} done`;
}

type Named = Extract<KernelProgress, { readonly what: string }>;

function keyOf({ kernel, what }: Named): string {
  return `${kernel}\n${what}`;
}

function noteFetch(
  fetches: Map<string, Fetch>,
  progress: Extract<KernelProgress, { readonly kind: 'fetching' }>,
  nowMs: number,
): Fetch {
  const { kernel, what, bytes, bytesTotal } = progress;
  const before = fetches.get(keyOf(progress));
  const fetch = before ?? { kernel, what, bytes, bytesTotal, beginMs: nowMs, toldMs: nowMs };
  fetch.bytes = bytes;
  fetches.set(keyOf(progress), fetch);
  return fetch;
}

function takeFetch(fetches: Map<string, Fetch>, progress: Named): Fetch | undefined {
  const fetch = fetches.get(keyOf(progress));
  fetches.delete(keyOf(progress));
  return fetch;
}

function describeSize({ what, bytesTotal }: Fetch): string {
  return bytesTotal === undefined ? what : `${what}, ${formatBytes(bytesTotal)}`;
}

/** `12 MiB of 27 MiB, 3.1 MiB/s` */
function describeState({ bytes, bytesTotal, beginMs }: Fetch, nowMs: number): string {
  const total = bytesTotal === undefined ? '' : ` of ${formatBytes(bytesTotal)}`;
  return `${formatBytes(bytes)}${total}, ${rateOf(bytes, nowMs - beginMs)}`;
}

function rateOf(bytes: number, elapsedMs: number): string {
  return `${formatBytes(elapsedMs > 0 ? (bytes * 1000) / elapsedMs : 0)}/s`;
}
