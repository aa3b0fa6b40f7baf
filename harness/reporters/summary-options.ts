import type { Colors } from './paint.ts';

export interface SummaryOptions {
  readonly colors: Colors;
  /** Width of the terminal in columns. */
  readonly width: number;
  /** The run's folder, as the user would name it. */
  readonly folder: string;
  /** The run's page: its path, or a link; absent if it has none. */
  readonly page?: string;
  /** The command that resumes the run. */
  readonly resume: string;
}
