/** The search of a bisect of versions: both ends first, then the range between them. */
import { findVersion, type VersionRange, versionStepsLeft } from '../../bisect/find-version.ts';
import type { Step } from '../../bisect/search-state.ts';
import type { VersionRow } from '../../bisect/version-row.ts';
import { InfraError, UsageError } from '../../errors.ts';
import { count, describeDuration } from '../../phrases.ts';
import type { Candidate } from './candidates.ts';
import type { VersionLog } from './version-log.ts';

/** What was found: the two kernels between which the outcome changes. */
export interface FoundVersions {
  /** The last one in the row that passes. */
  readonly good: Candidate;
  /** The first one in the row that fails. */
  readonly bad: Candidate;
  /** The good one is the newer one: the row goes from new to old. */
  readonly isBackwards: boolean;
  /** Those in between, which are unclear. */
  readonly unclear: readonly Candidate[];
}

export interface SearchOptions {
  readonly log: VersionLog;
  /** A line for people, for each kernel that is done. */
  readonly print: (line: string) => void;
}

/**
 * Throws a UsageError if an end is not what it was named as, an InfraError if all kernels that
 * were named are unclear.
 */
export async function searchVersions(
  row: VersionRow<Candidate>,
  options: SearchOptions,
): Promise<FoundVersions> {
  const first = await findEnd(row.kernels.slice(0, row.good), 'good', options);
  const last = await findEnd(row.kernels.slice(-row.bad).reverse(), 'bad', options);
  const kernels = row.kernels.slice(row.kernels.indexOf(first), row.kernels.indexOf(last) + 1);
  const { good, bad, unclear } = await findVersion(kernels.length, {
    async measure(position, range) {
      const purpose = describeLeft(range, kernels);
      return (await measure(at(kernels, position), options, purpose)).outcome;
    },
  });
  return {
    good: at(kernels, good),
    bad: at(kernels, bad),
    isBackwards: row.isBackwards,
    unclear: unclear.map((position) => at(kernels, position)),
  };
}

/** The outermost kernel that is what the user said; unclear ones are skipped. */
async function findEnd(
  named: readonly Candidate[],
  end: 'good' | 'bad',
  options: SearchOptions,
): Promise<Candidate> {
  const whys: string[] = [];
  for (const candidate of named) {
    const { outcome, why } = await measure(candidate, options, `named as ${end}`);
    if (outcome === end) return candidate;
    if (outcome !== 'unclear') throw endRefuted(candidate, end, why);
    whys.push(`${candidate.label}: ${why}`);
  }
  throw new InfraError(`all kernels that were named as ${end} are unclear`, {
    code: 'END_UNCLEAR',
    output: whys.join('\n'),
    remedy: `name another one with --${end}`,
  });
}

function endRefuted({ label }: Candidate, end: 'good' | 'bad', why: string): UsageError {
  const other = end === 'good' ? 'bad' : 'good';
  return new UsageError(`${label} was named as ${end}, but is ${other}: ${why}`, {
    code: 'END_REFUTED',
    remedy: `name another kernel with --${end}, or another test with --test`,
  });
}

async function measure(
  candidate: Candidate,
  { log, print }: SearchOptions,
  purpose: string,
): Promise<Step> {
  const isKnown = log.known(candidate) !== undefined;
  const step = await log.measure(candidate);
  const took = isKnown ? 'measured before' : describeDuration(step.durationMs);
  print(`${candidate.label}  ${step.outcome}  ${step.why}  (${purpose}; ${took})`);
  return step;
}

function describeLeft(range: VersionRange, kernels: readonly Candidate[]): string {
  const [good, bad] = [at(kernels, range.good), at(kernels, range.bad)];
  const steps = count(versionStepsLeft(range), 'step');
  return `between ${good.label} and ${bad.label}, at most ${steps} left`;
}

function at<T>(items: readonly T[], position: number): T {
  const item = items[position];
  if (item === undefined) throw new Error(`Expected an item at ${position}`);
  return item;
}
