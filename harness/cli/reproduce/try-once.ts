/** One try: the test runs once, in a guest of its own, and everything is shown as it happens. */
import { join } from 'node:path';
import { BOOTS, isSameTest, type RunEvent } from '../../events.ts';
import type { Cell } from '../../matrix/cell.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { Colors } from '../../reporters/paint.ts';
import { judgeTry, type Tried } from '../../reproduce/judge.ts';
import type { Original } from '../../reproduce/original.ts';
import type { TestAttendant } from '../../run/cell/attendant.ts';
import type { TracedCall } from '../../trace/traced-call.ts';
import { LinesLog } from '../lines-log.ts';
import { type QuietHost, runQuietly } from '../run-quietly.ts';
import type { DebugTools } from './debug-tools.ts';
import { LiveStream } from './live-stream.ts';
import { resultOf } from './result-of.ts';
import type { Rewind, RewindParts } from './rewind/rewind-attendant.ts';
import type { RowPrinter } from './row-printer.ts';
import { tellInputs } from './tell-inputs.ts';

export interface TryOptions {
  readonly matrix: Matrix;
  readonly cell: Cell;
  readonly original: Original;
  /** For the logs of this try. */
  readonly folder: string;
  readonly host: QuietHost;
  readonly printer: RowPrinter;
  readonly colors: Colors;
  /** Boots are shown, too. */
  readonly showsBoot: boolean;
  /** Says what it is made from. */
  readonly isFirst: boolean;
  /** With which somebody looks into it. */
  readonly debug?: DebugTools;
  /** Saves its guest before each call. */
  readonly rewind?: (shown: Pick<RewindParts, 'folder' | 'printer' | 'colors'>) => Promise<Rewind>;
}

/**
 * Undefined if a shell was open in the place of the test. Rejects as `runQuietly` does.
 */
export async function tryOnce(options: TryOptions): Promise<Tried | undefined> {
  const { matrix, cell, original, folder, host, printer, colors, showsBoot } = options;
  const { test } = original;
  using trace = new LinesLog<TracedCall>(join(folder, 'trace.jsonl'));
  const ended = new AbortController();
  const live = new LiveStream({ printer, colors, test, showsBoot });
  const debugging = options.debug?.attend(folder, {
    say: (sentence) => printer.line(sentence, colors.bold),
    showCommand: (command) => printer.command(command),
    onSystemCall: (line) => live.onSystemCall(line),
    onShell: (isOpen) => (isOpen ? printer.hold() : printer.release()),
    endTry: () => ended.abort(),
  });
  await using rewind = await options.rewind?.({
    ...{ folder: join(folder, 'rewind'), printer, colors },
  });
  const attendant: TestAttendant = {
    ...debugging,
    ...rewind?.attendant,
    onOutput: (printed) => live.onOutput(printed),
    onCall(call) {
      trace.add(call);
      live.onCall(call);
      rewind?.onCall(call);
    },
  };
  const hearInputs = options.isFirst ? tellInputs(original, printer) : undefined;
  const run = {
    ...{ matrix, cells: [cell], folder, isCacheRead: false, attendant },
    ...omitUndefined({ adaptLimits: options.debug?.adaptLimits }),
    tests: isSameTest(test, BOOTS) ? [] : [test],
    onEvent(event: RunEvent) {
      hearInputs?.(event);
      live.onEvent(event);
    },
  };
  const signal = AbortSignal.any([host.signal, ended.signal]);
  const prepareCell = options.debug?.prepareCell ?? host.prepareCell;
  const report = await runQuietly(run, {
    ...host,
    ...omitUndefined({ prepareCell }),
    signal,
  }).catch((error: unknown) => {
    if (host.signal.aborted || !ended.signal.aborted) throw error;
    return undefined;
  });
  live.end();
  if (report === undefined) return undefined;
  trace.check();
  return judgeTry(original, resultOf(report, test));
}
