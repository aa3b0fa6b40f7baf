/** Shows the progress of fetching and building kernels, which takes a while before a run begins. */
import type { createLogUpdate } from 'log-update';
import type { KernelProgress } from '../kernels/kernel-context.ts';
import { count } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { renderElapsed } from '../reporters/progress.ts';
import { renderTable } from '../reporters/table.ts';
import { colorsFor } from './colors.ts';
import { formatBytes } from './format-bytes.ts';
import { isLiveTerminal } from './live-terminal.ts';
import { describeState, rateOf, type Work, WorkList } from './work-in-progress.ts';

export interface FetchDisplay extends Disposable {
  readonly onProgress: (progress: KernelProgress) => void;
}

/** Redraws on a terminal; elsewhere prints a line now and then. */
export async function openFetchDisplay(
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
): Promise<FetchDisplay> {
  if (!isLiveTerminal(stream, environment))
    return createFetchLog((line) => void stream.write(`${line}\n`));
  const [{ createLogUpdate: create }, { fitWidth }] = await Promise.all([
    import('log-update'),
    import('../reporters/fit-width.ts'),
  ]);
  const fit = (line: string): string => fitWidth(line, stream);
  return createLiveFetches(create(stream), colorsFor(stream, environment), fit);
}

/** Builds take minutes: a line for each ten seconds would be a long log. */
const TELL_EVERY_MS = { fetch: 10_000, step: 30_000 } as const;

/** For logs: a line at the beginning and end of each fetch and each step, and now and then in between. */
export function createFetchLog(
  print: (line: string) => void,
  now: () => number = () => performance.now(),
): FetchDisplay {
  const works = new WorkList();
  return {
    onProgress(progress) {
      const { kernel } = progress;
      switch (progress.kind) {
        case 'note':
          print(`${kernel}: ${progress.text}`);
          break;
        case 'fetching':
        case 'working': {
          const { work, isNew } = works.note(progress, now());
          if (isNew) print(`${kernel}: ${describeBegin(work)}`);
          else if (now() - work.toldMs >= TELL_EVERY_MS[work.kind]) {
            work.toldMs = now();
            print(`${kernel}: ${work.what}, ${describeState(work, now())}`);
          }
          break;
        }
        case 'fetched':
        case 'worked': {
          const elapsed = renderElapsed(now() - (works.take(progress)?.beginMs ?? now()));
          print(`${kernel}: ${describeEnd(progress)} in ${elapsed}`);
          break;
        }
        case 'not-fetched':
        case 'not-worked':
          // The error that ended it says why.
          works.take(progress);
      }
    },
    [Symbol.dispose]() {},
  };
}

function describeBegin({ kind, what, total }: Work): string {
  if (kind === 'step') return what;
  return `fetching ${what}${total === undefined ? '' : `, ${formatBytes(total)}`}`;
}

function describeEnd(
  progress: Extract<KernelProgress, { readonly kind: 'fetched' | 'worked' }>,
): string {
  if (progress.kind === 'worked') return `${progress.what}: done`;
  const { what, bytes } = progress;
  return `fetched ${what},${bytes === 0 ? '' : ` ${formatBytes(bytes)}`}`;
}

/** For a terminal: a line for each fetch and each step, and one for the total; what was done stays in the end. */
export function createLiveFetches(
  log: ReturnType<typeof createLogUpdate>,
  colors: Colors,
  fit: (line: string) => string,
  now: () => number = () => performance.now(),
): FetchDisplay {
  const works = new WorkList();
  const done = { bytes: 0, files: 0 };
  let beginMs: number | undefined;
  let fetchedMs = 0;

  function draw(): void {
    const running = works.all;
    const rows = running.map((work) => [
      `  ${work.kernel}`,
      describeState(work, now()),
      colors.dim(work.what),
    ]);
    const header = renderHeader(running, done, now() - (beginMs ?? now()), colors);
    log([header, ...renderTable(rows)].map(fit).join('\n'));
  }

  return {
    onProgress(progress) {
      switch (progress.kind) {
        case 'note':
          log.persist(`${progress.kernel}: ${progress.text}`);
          break;
        case 'fetching':
        case 'working':
          beginMs ??= now();
          works.note(progress, now());
          break;
        case 'fetched':
          works.take(progress);
          done.bytes += progress.bytes;
          done.files += 1;
          fetchedMs = now();
          break;
        case 'worked': {
          const elapsed = renderElapsed(now() - (works.take(progress)?.beginMs ?? now()));
          log.persist(`${progress.kernel}: ${describeEnd(progress)} in ${elapsed}`);
          break;
        }
        case 'not-fetched':
        case 'not-worked':
          works.take(progress);
      }
      if (beginMs !== undefined) draw();
    },
    [Symbol.dispose]() {
      log.clear();
      if (beginMs !== undefined && done.files > 0) {
        const elapsed = renderElapsed(fetchedMs - beginMs);
        log.persist(
          `fetched ${count(done.files, 'file')}, ${formatBytes(done.bytes)} in ${elapsed}`,
        );
      }
      log.done();
    },
  };
}

interface Done {
  readonly bytes: number;
  readonly files: number;
}

function renderHeader(
  running: readonly Work[],
  done: Done,
  elapsedMs: number,
  colors: Colors,
): string {
  const fetches = running.filter(({ kind }) => kind === 'fetch');
  const bytes = fetches.reduce((sum, fetch) => sum + (fetch.done ?? 0), done.bytes);
  const parts = [
    colors.bold(describeWork(fetches.length, running.length - fetches.length, done.files)),
    ...(fetches.length > 0 || done.files > 0
      ? [`${formatBytes(bytes)}, ${rateOf(bytes, elapsedMs)}`]
      : []),
    colors.dim(renderElapsed(elapsedMs)),
  ];
  return parts.join('  ');
}

/** Between two fetches, packages are being unpacked. */
function describeWork(fetches: number, steps: number, done: number): string {
  if (fetches > 0) return `fetching ${count(fetches, 'file')}, ${done} done`;
  return steps > 0 || done === 0 ? 'preparing kernels' : `unpacking ${count(done, 'file')}`;
}
