/** The run that another one is compared with: what `--baseline` names. */

import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CompactReport } from '../compare/compact-report.ts';
import { UsageError } from '../errors.ts';
import type { BaselineFacts } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { packResults } from '../report/baseline-pack.ts';
import { machinesOf } from '../report/machines-of.ts';
import { EVENTS } from './run-log.ts';
import { findReport, readBegin, readCompactReport } from './run-report.ts';
import { shownFolder } from './shown-folder.ts';

const LATEST = 'latest';

/**
 * Undefined if the latest run is asked for and there is none yet: the first run of a nightly job has nothing
 * to be compared with. Throws a UsageError if there is no such run, or if it cannot be read.
 * @param out The folder of all reports.
 * @param name A run id, `latest`, `last-but-one`, or the path of a run's folder or of a file in it.
 */
export function readBaseline(out: string, name: string): BaselineFacts | undefined {
  if (name === LATEST && !existsSync(join(out, LATEST))) return undefined;
  const remedy = 'name another run, or leave out --baseline';
  try {
    // `latest` is a link to a run, and will soon be one to this run.
    const file = realpathSync(findReport(out, name));
    return baselineOf(file, readCompactReport(file));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message, code } = error;
    throw new UsageError(`--baseline ${name}: ${message}`, {
      code,
      remedy: [error.remedy, remedy].filter((part) => part !== undefined).join('; or '),
      cause: error,
    });
  }
}

function baselineOf(file: string, report: CompactReport): BaselineFacts {
  const folder = dirname(file);
  const begin = readBegin(join(folder, EVENTS));
  const { run, startedAt, profile, matrix, filter, interrupted, host, kernels, cells } = report;
  const { kmx, node, kernel, cpus, memoryMib } = host;
  const isFiltered = report.isFiltered ?? begin?.isFiltered ?? filter !== undefined;
  return {
    run,
    startedAt,
    from: shownFolder(existsSync(join(folder, EVENTS)) ? folder : file),
    folder,
    profile,
    isFiltered,
    isInterrupted: interrupted,
    matrix,
    ...omitUndefined({ filter, inputs: report.inputs ?? begin?.inputs }),
    host: { kmx, node, kernel, cpus, memoryMib, machines: machinesOf(host) },
    kernels: kernels.map(({ name, release, digest, origin, config }) =>
      omitUndefined({ name, release, digest, origin, config: config?.digest }),
    ),
    ...packResults(cells),
  };
}

/** Where the texts of its kernels' configurations are, if anywhere. */
export function configsBeside({ from, folder }: Pick<BaselineFacts, 'from' | 'folder'>): string {
  if (folder !== undefined) return folder;
  return basename(from).endsWith('.json') ? dirname(from) : from;
}
