/** What `kmx watch` shows: one round at a time. */
import type { InfraError, UsageError } from '../../errors.ts';
import type { RunEvent } from '../../events.ts';
import { listWords } from '../../matrix/problem.ts';
import { createReportFold } from '../../report/fold-report.ts';
import type { RunReport } from '../../report/schema.ts';
import { renderTotals } from '../../reporters/progress.ts';
import { renderResults, renderUnrun } from '../../reporters/summary.ts';
import { renderNotes } from '../../reporters/summary-notes.ts';
import type { SummaryOptions } from '../../reporters/summary-options.ts';
import { toLine } from '../../text.ts';
import { colorsFor } from '../colors.ts';
import { commandLine, resumeLine } from '../command-line.ts';
import { isLiveTerminal } from '../live-terminal.ts';
import { outputWidth } from '../output-width.ts';
import { shownFolder } from '../shown-folder.ts';
import { describeTurn } from './turn.ts';
import type { Round } from './watch-loop.ts';

/** Of ECMA-48: erase the screen, move to its first line. What has scrolled out of sight stays. */
const CLEAR = '\u001b[2J\u001b[H';

/** Progress of one round. */
export interface RoundProgress extends Disposable {
  readonly onEvent: (event: RunEvent) => void;
}

export class WatchScreen {
  readonly #stream: NodeJS.WriteStream;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isLive: boolean;
  #head = '';
  #before: RunReport | undefined;

  constructor(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.#environment = environment;
    this.#isLive = isLiveTerminal(stream, environment);
  }

  /** A round begins; says why. */
  async begin({ number, changed }: Round, folder: string): Promise<RoundProgress> {
    const { bold } = this.#colors;
    const names = listWords(
      changed.map((path) => toLine(shownFolder(path))),
      'and',
    );
    const verb = changed.length === 1 ? 'has' : 'have';
    const why = changed.length === 0 ? '' : `: ${names} ${verb} changed`;
    this.#head = bold(`round ${number}${why}`);
    this.#clear();
    this.#write([this.#head, '']);
    if (!this.#isLive) return { onEvent: () => {}, [Symbol.dispose]: () => {} };
    const { createLiveReporter } = await import('../../reporters/live.ts');
    const resume = resumeLine(shownFolder(folder), this.#environment);
    const live = createLiveReporter(this.#stream, { colors: this.#colors, resume });
    const fold = createReportFold();
    let hasBegun = false;
    return {
      onEvent(event) {
        hasBegun = true;
        fold.push(event);
        live.onEvent?.(event);
      },
      // A round that a fault has kept from beginning has drawn nothing.
      [Symbol.dispose]: () => {
        if (hasBegun) live.onEnd?.(fold.report());
      },
    };
  }

  /** @param tookMs From the change that was seen to the verdict. */
  show(report: RunReport, folder: string, tookMs: number): void {
    const colors = this.#colors;
    const options: SummaryOptions = {
      ...{ colors, width: outputWidth(), folder: shownFolder(folder) },
      command: (words) => commandLine(words, this.#environment),
      resume: resumeLine(shownFolder(folder), this.#environment),
    };
    const { color, text } = describeTurn(this.#before, report);
    const paint = { green: colors.green, red: colors.red, 'not measured': colors.yellow }[color];
    if (color !== 'not measured') this.#before = report;
    const sections = [
      ...renderResults(report, options),
      renderUnrun(report, colors),
      renderNotes(report, colors),
    ].filter((lines) => lines.length > 0);
    if (this.#isLive) {
      this.#clear();
      this.#write([this.#head, '']);
    }
    const seconds = (tookMs / 1000).toFixed(1);
    this.#write([
      ...sections.flatMap((lines) => [...lines, '']),
      `${renderTotals(report.totals, colors)} in ${seconds} s, logs in ${options.folder}`,
      paint(colors.bold(text)),
    ]);
  }

  /** The round could not begin, or not end. */
  fault({ message, output, remedy }: UsageError | InfraError): void {
    const { red } = this.#colors;
    this.#write([
      ...(output === undefined || output === '' ? [] : [output.trimEnd(), '']),
      red(message),
      ...(remedy === undefined ? [] : [`  ${remedy}`]),
    ]);
  }

  waiting(text: string): void {
    this.#write([this.#colors.dim(text)]);
  }

  get #colors() {
    return colorsFor(this.#stream, this.#environment);
  }

  #clear(): void {
    this.#stream.write(this.#isLive ? CLEAR : '\n');
  }

  #write(lines: readonly string[]): void {
    this.#stream.write(`${lines.join('\n')}\n`);
  }
}
