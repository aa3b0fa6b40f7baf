/** One cell's results of earlier runs, and those of this run that are kept for later ones. */

import { relative } from 'node:path';
import { BOOTS, type EmitForCell, type RunEvent, type TestId } from '../../events.ts';
import { digestKernel } from '../../kernels/kernel-digest.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { type RecalledCell, recallCell } from '../../results/recall-cell.ts';
import { rememberCell } from '../../results/remember-cell.ts';
import { resultKey } from '../../results/result-key.ts';
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

export async function openCellResults(options: CellOptions): Promise<CellResults> {
  const { results, prepared, limits, scenarios, history, retryPolicy } = options;
  if (results === undefined) return NOTHING;
  const { root, testFilter } = scenarios;
  const files = scenarios.files.map((file) => relative(root, file));
  const { cell, kernel, digest: guestDigest } = prepared;
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
  const events: RunEvent[] = [];
  const modules = createModuleRecord();
  let all: readonly TestId[] | undefined;

  /** A user's own kernel may have been rebuilt in the meantime; one in the cache cannot change. */
  async function isKernelUnchanged(): Promise<boolean> {
    if (!relative(options.cacheRoot, kernel.image).startsWith('..')) return true;
    return (await digestKernel(kernel).catch(() => undefined)) === kernel.digest;
  }

  /** Our own code may have changed, too. */
  async function areInputsUnchanged(): Promise<boolean> {
    return (await isKernelUnchanged()) && (await results?.isCodeUnchanged()) === true;
  }

  return {
    recalled,
    observe: (event) => void events.push(event),
    onTests: (tests) => {
      all = tests;
    },
    onModules: (byFile) => modules.add(byFile, root),
    async keep() {
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
      const end = events.findLast((event) => event.type === 'cell-end');
      const isWhole = recalled.tests.length === 0 && history === undefined;
      if (end !== undefined && isWhole && testFilter === undefined) {
        results.addDuration(cell.id, end.durationMs);
      }
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
