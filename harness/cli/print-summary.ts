import { omitUndefined } from '../omit-undefined.ts';
import type { RunReport } from '../report/schema.ts';
import { renderSummary } from '../reporters/summary.ts';
import { colorsFor } from './colors.ts';
import { commandLine, resumeLine } from './command-line.ts';
import { pageLink } from './page-link.ts';

/** A log wraps nothing, so its lines may be long. */
const LOG_WIDTH = 200;

export interface PrintOptions {
  /** The run's folder as the user would name it. */
  readonly folder: string;
  /** Whether the folder has a page of this report, or will have one. */
  readonly hasPage: boolean;
}

/** Prints what stays on the terminal when a run is over. */
export function printSummary(
  report: RunReport,
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
  { folder, hasPage }: PrintOptions,
): void {
  const summary = renderSummary(report, {
    colors: colorsFor(stream, environment),
    width: stream.columns || LOG_WIDTH,
    folder,
    command: (words) => commandLine(words, environment),
    resume: resumeLine(folder, environment),
    ...omitUndefined({ page: hasPage ? pageLink(folder, stream, environment) : undefined }),
  });
  stream.write(summary);
}
