import { omitUndefined } from '../../../omit-undefined.ts';
import type { BuildContext } from '../build-context.ts';
import type { BuildProgress } from './build-progress.ts';

/** Often enough to be seen moving, rarely enough to cost nothing. */
const LOOK_EVERY_MS = 500;

/** Reports how far a build is while it runs, and how it ended. */
export async function trackBuild(
  what: string,
  progress: BuildProgress,
  onProgress: BuildContext['onProgress'],
  build: () => Promise<void>,
): Promise<void> {
  const look = (): void => {
    const { done, total } = progress;
    onProgress({ kind: 'working', what, ...omitUndefined({ done, total }), unit: 'objects' });
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  try {
    await build();
    onProgress({ kind: 'worked', what });
  } catch (error) {
    onProgress({ kind: 'not-worked', what });
    throw error;
  } finally {
    clearInterval(timer);
  }
}
