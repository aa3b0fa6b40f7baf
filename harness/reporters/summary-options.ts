import type { Colors } from './paint.ts';

export interface SummaryOptions {
  readonly colors: Colors;
  /** Width of the terminal in columns. */
  readonly width: number;
  /** The run's folder, as the user would name it. */
  readonly folder: string;
  /** The command that resumes the run. */
  readonly resume: string;
}
