import type { RunEvent } from '../events.ts';
import type { Colors } from './paint.ts';

export interface ProgressReporterOptions {
  readonly colors: Colors;
  /** The command that runs the rest of the run. */
  readonly resume: string;
  /** The first part of a run that is resumed: it is counted, and not reported again. */
  readonly past?: readonly RunEvent[];
}
