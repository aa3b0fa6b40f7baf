import type { RunEvent } from '../events.ts';
import { createEventLog } from '../reporters/event-log.ts';
import { DEFAULT_FORMATS, type FormatContext, type FormatName } from '../reporters/format.ts';
import { createFormatReporter, loadFormat } from '../reporters/formats.ts';
import { createPlainReporter } from '../reporters/plain.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { colorsFor } from './colors.ts';
import { resumeLine } from './command-line.ts';
import { formatContext } from './format-context.ts';
import { isLiveTerminal } from './live-terminal.ts';
import { printSummary } from './print-summary.ts';

export interface ReporterOptions {
  /** The run's folder. */
  readonly folder: string;
  /** The same as the user would name it. */
  readonly shown: string;
  readonly formats: readonly FormatName[];
  readonly stream: NodeJS.WriteStream;
  readonly environment: NodeJS.ProcessEnv;
  /** The events of a resumed run: they are counted, and not reported again. */
  readonly past: readonly RunEvent[];
}

/** On GitHub Actions also what GitHub shows of a job. */
export function defaultFormats({ GITHUB_ACTIONS }: NodeJS.ProcessEnv): readonly FormatName[] {
  return GITHUB_ACTIONS === 'true' ? [...DEFAULT_FORMATS, 'github'] : DEFAULT_FORMATS;
}

/** Everything that listens to a run. The event log comes first: it is the source of truth. */
export async function createReporters(options: ReporterOptions): Promise<readonly Reporter[]> {
  const { folder, shown, stream, environment } = options;
  const context = formatContext(shown, environment);
  const wanted = new Set(options.formats);
  const files = [...wanted].filter((name) => name !== 'github');
  const formats = await Promise.all(files.map(loadFormat));
  const reportersOf = (wantsPage: boolean): readonly Reporter[] =>
    formats
      .filter(({ name }) => (name === 'html') === wantsPage)
      .map((format) => createFormatReporter(format, folder, context));
  const pages = reportersOf(true);
  const hasPage = pages.length > 0;
  return [
    createEventLog(folder),
    await createProgress(options),
    ...reportersOf(false),
    {
      onEnd: (report) => {
        stream.write('\n');
        printSummary(report, stream, environment, { folder: shown, hasPage });
      },
    },
    // Nobody has to wait for the page of a large run to see how it went.
    ...pages,
    ...(wanted.has('github') ? [await createGithub(options, context)] : []),
  ];
}

async function createGithub(
  { folder, stream, environment }: ReporterOptions,
  context: FormatContext,
): Promise<Reporter> {
  const { createGithubReporter } = await import('../reporters/github/github-reporter.ts');
  const write = (text: string): void => void stream.write(text);
  return createGithubReporter({ folder, context, environment, write });
}

async function createProgress({
  shown,
  stream,
  environment,
  past,
}: ReporterOptions): Promise<Reporter> {
  const colors = colorsFor(stream, environment);
  const options = { colors, resume: resumeLine(shown, environment), past };
  if (!isLiveTerminal(stream, environment)) {
    return createPlainReporter((text) => void stream.write(text), options);
  }
  // Loading the code that redraws a terminal takes a moment; no other run has to wait for it.
  const { createLiveReporter } = await import('../reporters/live.ts');
  return createLiveReporter(stream, options);
}
