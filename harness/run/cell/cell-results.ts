/** One cell's results of earlier runs, and those of this run that are kept for later ones. */

import { relative } from 'node:path';
import { BOOTS, type EmitForCell, type RunEvent, type TestId } from '../../events.ts';
import { digestKernel } from '../../kernels/kernel-digest.ts';
import { isBootable } from '../../kernels/kernel-image.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { LastRun } from '../../results/last-runs.ts';
import { type RecalledCell, recallCell } from '../../results/recall-cell.ts';
import { rememberCell } from '../../results/remember-cell.ts';
import { resultKey } from '../../results/result-key.ts';
import type { RunResults } from '../../results/run-results.ts';
import type { StoredFile } from '../../results/stored-file.ts';
import type { ModulesByFile } from '../../worker/messages.ts';
import { hasWords } from '../../worker/test-filter.ts';
import type { CellOptions } from './cell-options.ts';

export interface CellResults {
  readonly recalled: RecalledCell;
  /** Every event of the cell, in order. */
  observe(event: RunEvent): void;
  /** All tests that the cell's spec files have. */
  onTests(all: readonly TestId[]): void;
  /** What spec files have imported so far, with absolute paths. */
  onModules(modules: ModulesByFile): void;
  /** Keeps what may be kept, once the cell has ended. */
  keep(): Promise<void>;
}

const NOTHING: CellResults = {
  recalled: { tests: [], isWhole: false },
  observe: () => {},
  onTests: () => {},
  onModules: () => {},
  keep: async () => {},
};

/** What earlier runs have kept of a cell, and what of that stands in for running it. */
export interface StoredCell {
  readonly key: string;
  /** By spec file, and for `boots`: none if anything that a guest is made from has changed. */
  readonly files: ReadonlyMap<string, StoredFile>;
  readonly recalled: RecalledCell;
  /** How many tests an earlier part of this run has done. */
  readonly ended: number;
}

export type RecallOptions = Pick<
  CellOptions,
  'prepared' | 'limits' | 'scenarios' | 'history' | 'retryPolicy'
> & { readonly results: RunResults };

export async function recallStored(options: RecallOptions): Promise<StoredCell> {
  const { results, prepared, limits, scenarios, history, retryPolicy } = options;
  const { root, testFilter } = scenarios;
  const files = scenarios.files.map((file) => relative(root, file));
  const { cell, digest: guestDigest } = prepared;
  const { host, codeDigest } = results;
  const key = resultKey({ guestDigest, cell, limits, host, codeDigest });
  const stored = await results.read(key, [BOOTS.file, ...files]);
  const recalled = recallCell({
    files,
    stored: results.isRead ? stored : new Map(),
    isWanted: (test) => hasWords(test, testFilter),
    isAsExpected: retryPolicy.isAsExpected,
    done: history?.ended.map(({ test }) => test) ?? [],
  });
  return { key, files: stored, recalled, ended: history?.ended.length ?? 0 };
}

export async function openCellResults(options: CellOptions): Promise<CellResults> {
  const { results, prepared, scenarios, history, retryPolicy } = options;
  if (results === undefined) return NOTHING;
  const { root, testFilter } = scenarios;
  const { cell, kernel } = prepared;
  const { key, files: stored, recalled } = await recallStored({ ...options, results });
  const events: RunEvent[] = [];
  const modules = createModuleRecord();
  let all: readonly TestId[] | undefined;

  /** A user's own kernel may have been rebuilt in the meantime; one in the cache cannot change. */
  async function isKernelUnchanged(): Promise<boolean> {
    if (!isBootable(kernel)) return true;
    if (!relative(options.cacheRoot, kernel.image).startsWith('..')) return true;
    return (await digestKernel(kernel).catch(() => undefined)) === kernel.digest;
  }

  /** Our own code may have changed, too. */
  async function areInputsUnchanged(): Promise<boolean> {
    return (await isKernelUnchanged()) && (await results?.isCodeUnchanged()) === true;
  }

  /** Undefined if nothing ran, or if the cell did not come to its end: it is still to run. */
  function lastRun(): LastRun | undefined {
    const end = events.findLast((event) => event.type === 'cell-end');
    const ends = events.filter((event) => event.type === 'test-end');
    if (end === undefined || ends.every(({ cached }) => cached !== undefined)) return undefined;
    const isWhole = recalled.tests.length === 0 && history === undefined;
    return {
      at: end.time,
      isBad: ends.some(({ test, ...attempted }) => !retryPolicy.isAsExpected(test, attempted)),
      ...(isWhole && testFilter === undefined ? { durationMs: end.durationMs } : {}),
    };
  }

  return {
    recalled,
    observe: (event) => void events.push(event),
    onTests: (tests) => {
      all = tests;
    },
    onModules: (byFile) => modules.add(byFile, root),
    async keep() {
      const last = lastRun();
      if (last !== undefined) results.addRun(cell.id, last);
      const files = rememberCell({
        run: options.run,
        key,
        events,
        ...omitUndefined({ all }),
        modules: modules.unchanged(),
        before: stored,
      });
      if (files.length === 0 || !(await areInputsUnchanged())) return;
      for (const file of files) await results.write(file);
    },
  };
}

interface ModuleRecord {
  add(byFile: ModulesByFile, root: string): void;
  /** Only spec files that were the same in every worker of the cell. */
  unchanged(): ReadonlyMap<string, StoredFile['modules']>;
}

function createModuleRecord(): ModuleRecord {
  const files = new Map<string, Record<string, string>>();
  const changed = new Set<string>();
  return {
    add(byFile, root) {
      for (const [path, digests] of Object.entries(byFile)) {
        const file = relative(root, path);
        const known = files.get(file) ?? {};
        for (const [module, digest] of Object.entries(digests)) {
          const name = relative(root, module);
          if ((known[name] ?? digest) !== digest) changed.add(file);
          known[name] = digest;
        }
        files.set(file, known);
      }
    },
    unchanged: () => new Map([...files].filter(([file]) => !changed.has(file))),
  };
}

/** Emits results that are reused from earlier runs. */
export function emitRecalled(
  emit: EmitForCell,
  { tests, planned, facts }: RecalledCell,
  isPlanned: boolean,
): void {
  if (facts?.guest.probed !== undefined) {
    emit({ type: 'facts', digest: facts.guest.probed, facts: facts.probed });
    emit({ type: 'facts-recalled', facts: facts.guest });
  }
  if (planned !== undefined && !isPlanned) emit({ type: 'tests', tests: planned });
  for (const { test, result } of tests) {
    const { run, time, ...rest } = result;
    emit({ type: 'test-end', test, cached: { run, time }, ...rest });
  }
}
