import type { StepProgress } from './step-progress.ts';

/** Reports the beginning and the end of a step without measurable progress. */
export async function trackStep<T>(
  what: string,
  onProgress: (progress: StepProgress) => void,
  work: () => Promise<T>,
): Promise<T> {
  onProgress({ kind: 'working', what });
  try {
    const result = await work();
    onProgress({ kind: 'worked', what });
    return result;
  } catch (error) {
    onProgress({ kind: 'not-worked', what });
    throw error;
  }
}
