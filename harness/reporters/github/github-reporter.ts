import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../report/schema.ts';
import type { FormatContext } from '../format.ts';
import { replaceFile } from '../replace-file.ts';
import type { Reporter } from '../reporter.ts';
import { annotationsOf } from './annotations.ts';
import { GITHUB_SUMMARY_BYTES_MAX, githubFormat, githubPieces } from './github-summary.ts';

export interface GithubOptions {
  /** Of the run: where the summary is written to where GitHub takes none. */
  readonly folder: string;
  readonly context: FormatContext;
  /** The one of the job. */
  readonly environment: NodeJS.ProcessEnv;
  /** To the job's log. */
  readonly write: (text: string) => void;
}

/** Adds a run to the summary of a job on GitHub Actions, and annotates the job. */
export function createGithubReporter(options: GithubOptions): Reporter {
  return { onEnd: (report) => void reportToGithub(report, options) };
}

/** Returns the path of the file that the summary was written to. */
export function reportToGithub(
  report: RunReport,
  { folder, context, environment, write }: GithubOptions,
): string {
  const { GITHUB_STEP_SUMMARY, GITHUB_ACTIONS } = environment;
  if (GITHUB_ACTIONS === 'true') {
    for (const line of annotationsOf(report, context)) write(`${line}\n`);
  }
  if (!GITHUB_STEP_SUMMARY) {
    const path = join(folder, githubFormat.file);
    replaceFile(path, githubFormat.pieces(report, context));
    return path;
  }
  // Other commands of the step may have written to it.
  const used = statSync(GITHUB_STEP_SUMMARY, { throwIfNoEntry: false })?.size ?? 0;
  for (const piece of githubPieces(report, context, GITHUB_SUMMARY_BYTES_MAX - used)) {
    appendFileSync(GITHUB_STEP_SUMMARY, piece);
  }
  return GITHUB_STEP_SUMMARY;
}
