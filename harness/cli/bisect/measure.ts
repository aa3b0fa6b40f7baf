/** Steps of a bisect: a kernel is booted, the test runs there, and the result is good, bad or unclear. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../bisect/outcome.ts';
import { type RepeatRule, settle } from '../../bisect/settle.ts';
import {
  type ShownTest,
  type Told,
  tellOutcome,
  type WantedFailure,
} from '../../bisect/tell-outcome.ts';
import { InfraError, UsageError } from '../../errors.ts';
import { BOOTS, isSameTest } from '../../events.ts';
import type { Cell } from '../../matrix/cell.ts';
import { type Matrix, namedValue } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { resolveKernels } from '../../prepare/run-inputs.ts';
import { newLooseCrashes } from '../../report/expected.ts';
import type { CellReport, TestReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import { isCrash } from '../../verdict/finding.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { type QuietHost, runQuietly } from '../run-quietly.ts';
import { type MeasuredPlace, placeKernel, type TriedKernel } from './measured-cell.ts';

/** What a step has shown. */
export interface Measured {
  readonly outcome: Outcome;
  readonly verdict?: string;
  readonly signature?: string;
  /** One line for people. */
  readonly why: string;
  /** The code of the error if there was no kernel to boot. */
  readonly fault?: string;
  /** Has a folder for each measurement. */
  readonly folder: string;
}

export interface Measurer {
  /**
   * Rejects with a UsageError for a test that does not exist or an agent that cannot be used, an InfraError
   * for a host that cannot run anything, the signal's reason if it is aborted. A kernel that cannot be
   * fetched or built is unclear.
   */
  measure(kernel: TriedKernel): Promise<Measured>;
  /** What counts as bad: given, or learned from the first failure; absent: nothing has failed yet. */
  readonly wanted: WantedFailure | undefined;
}

export interface MeasurerOptions {
  readonly matrix: Matrix;
  readonly place: MeasuredPlace;
  /** Absent: the first failure is what is looked for. */
  readonly wanted?: WantedFailure;
  readonly rule: RepeatRule;
  /** Of the bisect; each kernel has one of its own in it. */
  readonly folder: string;
  /** A pass that an earlier run has measured counts. */
  readonly isCacheRead: boolean;
  readonly host: QuietHost;
}

/** The result of one measurement of a kernel; separate, so that tests need no guests. */
export type ShowOnce = (at: {
  readonly kernel: TriedKernel;
  readonly folder: string;
  readonly isCacheRead: boolean;
}) => Promise<readonly ShownTest[] | Told>;

export function createMeasurer(
  options: MeasurerOptions,
  showOnce: ShowOnce = showInGuest(options),
): Measurer {
  let { wanted } = options;
  return {
    async measure(kernel) {
      const folder = join(options.folder, kernel.name);
      const measured: Told[] = [];
      for (;;) {
        const isCacheRead = options.isCacheRead && measured.length === 0;
        const shown = await showOnce({ kernel, folder: nextFolder(folder), isCacheRead });
        const told = 'outcome' in shown ? shown : tellOutcome(shown, wanted);
        if (told.outcome === 'bad' && told.signature !== undefined) {
          wanted ??= { kind: 'signature', signature: told.signature };
        }
        measured.push(told);
        const settled = settle(measured, options.rule);
        if (settled === undefined) continue;
        const { outcome, verdict, signature, why, fault } = settled;
        return { outcome, ...omitUndefined({ verdict, signature, fault }), why, folder };
      }
    },
    get wanted() {
      return wanted;
    },
  };
}

/** A resumed bisect keeps what it had measured before. */
function nextFolder(parent: string): string {
  for (let number = 1; ; number++) {
    const folder = join(parent, String(number));
    if (!existsSync(folder)) return folder;
  }
}

function showInGuest({ matrix: base, place, host }: MeasurerOptions): ShowOnce {
  return async ({ kernel, folder, isCacheRead }) => {
    const { matrix, cell } = placeKernel(base, kernel, place);
    const fault = await findKernelFault(matrix, cell, host);
    if (fault !== undefined) return fault;
    const { testFilter } = place;
    const run = { matrix, cells: [cell], folder, isCacheRead, ...omitUndefined({ testFilter }) };
    const report = await runQuietly(run, host);
    const tests = report.cells.flatMap((each) => each.tests);
    checkTests(tests, place);
    return shownIn(report.cells);
  };
}

/** Why there is no kernel to boot; measuring again would not change that. */
async function findKernelFault(
  matrix: Matrix,
  cell: Cell,
  { cacheRoot, mirror, offline, signal }: QuietHost,
): Promise<Told | undefined> {
  using fetches = await openFetchDisplay(process.stderr, process.env);
  try {
    const plan = { profile: 'all', cells: [cell] };
    const kernels = await resolveKernels(matrix, plan, {
      ...{ cacheRoot, onProgress: fetches.onProgress, signal },
      ...omitUndefined({ mirror, offline }),
    });
    signal.throwIfAborted();
    const fault = [...kernels.values()].find((kernel) => kernel instanceof InfraError);
    // Sources that do not compile are a UsageError: otherwise this host is at fault, and with the next kernel, too.
    if (fault !== undefined && isBuilt(matrix, cell)) throw fault;
    return fault === undefined ? undefined : notHad(fault);
  } catch (error) {
    if (error instanceof UsageError) return notHad(error);
    throw error;
  }
}

function isBuilt({ kernels }: Matrix, { kernel }: Cell): boolean {
  return namedValue(kernels, kernel).kind === 'source';
}

const WHY_LENGTH_MAX = 500;

function notHad({ code, message, remedy }: UsageError | InfraError): Told {
  const text = remedy === undefined ? message : `${message} (${remedy})`;
  return { outcome: 'unclear', why: toLine(text, WHY_LENGTH_MAX), fault: code };
}

/** Throws a UsageError if no title has the words; only a guest that came up can tell. */
function checkTests(tests: readonly TestReport[], { testFilter }: MeasuredPlace): void {
  const [boots, ...others] = tests;
  const isUp = boots !== undefined && isSameTest(boots, BOOTS) && boots.verdict === 'pass';
  if (!isUp || others.length > 0 || testFilter === undefined) return;
  throw new UsageError(`--test: no title of a test has the words "${testFilter}"`, {
    code: 'TEST_UNKNOWN',
    remedy: 'kmx show lists titles of tests; one of them must have all the words',
  });
}

/** What cells have shown: their tests, and crashes that hit none. */
export function shownIn(cells: readonly CellReport[]): readonly ShownTest[] {
  const tests = cells.flatMap((cell) => cell.tests);
  return [...tests.map(shownTest), ...cells.flatMap(looseTests)];
}

export function shownTest({ title, verdict, signature, detail, findings }: TestReport): ShownTest {
  const message = findings[0]?.title ?? detail?.message;
  return { title, verdict, ...omitUndefined({ signature, message }) };
}

/** A crash that hit no test counts, too. */
function looseTests(cell: CellReport): readonly ShownTest[] {
  return newLooseCrashes(cell).flatMap(({ finding }) => {
    if (!isCrash(finding)) return [];
    const { class: verdict, title, signature } = finding;
    return [{ title, verdict, signature }];
  });
}
