/** The results of earlier runs as one run uses them, and the place where it keeps its own. */
import { InfraError } from '../errors.ts';
import { type LastRun, updateLastRuns } from './last-runs.ts';
import { createResultStore, type ResultStore } from './result-store.ts';

export interface RunResultsOptions {
  readonly cacheRoot: string;
  readonly scenarioRoot: string;
  /** False: results are kept, but none is reused. */
  readonly isRead: boolean;
  /** What runs guests and scenarios, by name: each value is an input of every result. */
  readonly host: Readonly<Record<string, string>>;
  /** Digest of our own code; computed again before something is kept. */
  readonly digestCode: () => Promise<string>;
  /** Takes one line for people. */
  readonly report: (line: string) => void;
}

export interface RunResults
  extends Pick<RunResultsOptions, 'isRead' | 'host'>,
    Pick<ResultStore, 'read'> {
  /** As it was when the run began. */
  readonly codeDigest: string;
  /** Whether our own code is still what the run began with. */
  isCodeUnchanged(): Promise<boolean>;
  /** A failure to write is reported once, and does not fail the run. */
  write: ResultStore['write'];
  /** A cell has run, if only a part of it. */
  addRun(cell: string, run: LastRun): void;
  /** At the end of a run. */
  close(): Promise<void>;
}

export async function openRunResults(options: RunResultsOptions): Promise<RunResults> {
  const { cacheRoot, scenarioRoot, isRead, host, digestCode, report } = options;
  const store = createResultStore(cacheRoot, scenarioRoot);
  const runs = new Map<string, LastRun>();
  const codeDigest = await digestCode();
  let hasWritten = false;
  let hasFailed = false;

  async function attempt(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof InfraError) && !isOfFiles(error)) throw error;
      if (!hasFailed) report(`results are not kept for the next run: ${error.message}`);
      hasFailed = true;
    }
  }

  return {
    isRead,
    host,
    codeDigest,
    read: store.read,
    isCodeUnchanged: async () => (await digestCode()) === codeDigest,
    async write(stored) {
      hasWritten = true;
      await attempt(store.write(stored));
    },
    addRun: (cell, run) => void runs.set(cell, run),
    async close() {
      await attempt(updateLastRuns(cacheRoot, runs));
      if (hasWritten) await attempt(store.prune());
    },
  };
}

function isOfFiles(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}
