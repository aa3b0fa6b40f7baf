/** The answer of a bisect of versions: in words, and as a report with both kernels. */
import { join } from 'node:path';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { commandLine } from '../command-line.ts';
import { type QuietHost, runQuietly } from '../run-quietly.ts';
import { shownFolder } from '../shown-folder.ts';
import type { Candidate } from './candidates.ts';
import { type MeasuredPlace, placeKernel } from './measured-cell.ts';
import type { FoundVersions } from './search-versions.ts';
import type { VersionLog } from './version-log.ts';

export function describeFound(
  found: FoundVersions,
  log: Pick<VersionLog, 'known'>,
): readonly string[] {
  const { bad, unclear } = found;
  const whyOf = (candidate: Candidate): string => log.known(candidate)?.why ?? '';
  return [
    describeChange(found),
    `  ${bad.label}: ${whyOf(bad)}`,
    ...unclear.map((candidate) => `  ${candidate.label} is unclear: ${whyOf(candidate)}`),
  ];
}

/** First and last go by version, whichever way the search went. */
function describeChange({ good, bad, unclear, isBackwards }: FoundVersions): string {
  if (unclear.length === 0) {
    return isBackwards
      ? `${bad.label} is the last that fails, ${good.label} the first that passes.`
      : `${bad.label} is the first that fails, ${good.label} the last that passes.`;
  }
  return isBackwards
    ? `The first that passes is after ${bad.label}, which fails, and not after ${good.label}.`
    : `The first that fails is after ${good.label}, which passes, and not after ${bad.label}.`;
}

export interface BothOptions {
  readonly matrix: Matrix;
  readonly place: MeasuredPlace;
  /** Of the bisect. */
  readonly folder: string;
  readonly host: QuietHost;
}

/** Runs the test with both kernels once more, as one run; returns lines that say how to use that run. */
export async function reportBoth(
  { good, bad }: FoundVersions,
  { matrix: base, place, folder: parent, host }: BothOptions,
): Promise<readonly string[]> {
  const folder = join(parent, 'both');
  const placed = [good, bad].map(({ kernel }) => placeKernel(base, kernel, place));
  const kernels = new Map(placed.flatMap(({ matrix }) => [...matrix.kernels]));
  const { testFilter } = place;
  await runQuietly(
    {
      matrix: { ...base, kernels },
      cells: placed.map(({ cell }) => cell),
      ...{ folder, isCacheRead: true, formats: ['html'], ...omitUndefined({ testFilter }) },
    },
    host,
  );
  const words = ['compare', good.kernel.name, bad.kernel.name, '--from', shownFolder(folder)];
  return [
    `what differs between the two: ${commandLine(words, process.env)}`,
    `report: ${shownFolder(join(folder, 'index.html'))}`,
  ];
}
