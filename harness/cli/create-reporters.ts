import type { RunEvent } from '../events.ts';
import { createEventLog } from '../reporters/event-log.ts';
import { createFormatReporter, DEFAULT_FORMATS, findFormat } from '../reporters/formats.ts';
import { createPlainReporter } from '../reporters/plain.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { renderSummary } from '../reporters/summary.ts';
import { colorsFor } from './colors.ts';
import { resumeLine } from './command-line.ts';
import { formatContext } from './format-context.ts';

/** A log wraps nothing, so its lines may be long. */
const LOG_WIDTH = 200;

/**
 * Everything that listens to a run. The event log comes first: it is the source of truth.
 * @param past The events of a resumed run: they are counted, and not reported again.
 */
export async function createReporters(
  folder: string,
  shownFolder: string,
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
  past: readonly RunEvent[],
): Promise<readonly Reporter[]> {
  const isLive = stream.isTTY && !environment.CI;
  const colors = colorsFor(stream, environment);
  const context = formatContext(shownFolder, environment);
  const write = (text: string): void => void stream.write(text);
  async function createProgress(): Promise<Reporter> {
    if (!isLive) return createPlainReporter(write, colors, past);
    // Loading the code that redraws a terminal takes a moment; no other run has to wait for it.
    const { createLiveReporter } = await import('../reporters/live.ts');
    return createLiveReporter(stream, colors, past);
  }
  return [
    createEventLog(folder),
    await createProgress(),
    ...DEFAULT_FORMATS.flatMap((name) => findFormat(name) ?? []).map((format) =>
      createFormatReporter(format, folder, context),
    ),
    {
      onEnd: (report) => {
        const width = stream.columns || LOG_WIDTH;
        const resume = resumeLine(shownFolder, environment);
        const summary = renderSummary(report, { colors, width, folder: shownFolder, resume });
        write(`\n${summary}`);
      },
    },
  ];
}
