import type { Colors } from './paint.ts';

export interface SummaryOptions {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  /** The run's folder, as the user would name it. */
  readonly folder: string;
  /** The command that goes on with the run. */
  readonly resume: string;
}
