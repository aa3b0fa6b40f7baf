/** Shows the progress of fetching and building kernels, which takes a while before a run begins. */
import { renderElapsed } from '../reporters/progress.ts';
import { colorsFor } from './colors.ts';
import { formatBytes } from './format-bytes.ts';
import { isLiveTerminal } from './live-terminal.ts';
import {
  describeDone,
  describeState,
  type FetchDisplay,
  type Work,
  WorkList,
} from './work-in-progress.ts';

/** Redraws on a terminal; elsewhere prints a line now and then. */
export async function openFetchDisplay(
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
): Promise<FetchDisplay> {
  if (!isLiveTerminal(stream, environment)) {
    return createFetchLog((line) => void stream.write(`${line}\n`));
  }
  const [{ createLogUpdate }, { fitWidth }, { createLiveFetches }] = await Promise.all([
    import('log-update'),
    import('../reporters/fit-width.ts'),
    import('./live-fetches.ts'),
  ]);
  const fit = (line: string): string => fitWidth(line, stream);
  return createLiveFetches(createLogUpdate(stream), colorsFor(stream, environment), fit);
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
          print(`${kernel}: ${describeDone(progress)} in ${elapsed}`);
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
