import type { Colors } from './paint.ts';

/** The run's folder as an argument: without a slash it would be taken for the id of a run. */
export function folderWord({ folder }: Pick<SummaryOptions, 'folder'>): string {
  return folder.includes('/') ? folder : `./${folder}`;
}

export interface SummaryOptions {
  readonly colors: Colors;
  /** Width of the terminal in columns. */
  readonly width: number;
  /** The run's folder, as the user would name it. */
  readonly folder: string;
  /** The run's page: its path, or a link; absent if it has none. */
  readonly page?: string;
  /** What the user would type for these arguments of kmx. */
  readonly command: (words: readonly string[]) => string;
  /** The command that resumes the run. */
  readonly resume: string;
}
