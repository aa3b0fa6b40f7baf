/** The kernels that `kmx bisect kernels` may measure: of a mirror and the cache, or of the matrix. */

import type { RowFault } from '../../bisect/version-row.ts';
import { UsageError } from '../../errors.ts';
import { listCachedKernels } from '../../kernels/debian/cached-kernels.ts';
import { listOffered, type OfferedKernel } from '../../kernels/debian/choose-kernel.ts';
import { entryKey } from '../../kernels/debian/debian-kernel.ts';
import { compareVersions } from '../../kernels/debian/version.ts';
import type { Flavour, KernelSource, Matrix } from '../../matrix/matrix.ts';
import { listWords, quote } from '../../matrix/problem.ts';
import { suggestName } from '../../matrix/suggest.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { renderFirst } from '../../phrases.ts';
import { type ArchiveOptions, isDebian, listSuites, suitesOf } from '../kernels/list-suites.ts';
import type { TriedKernel } from './measured-cell.ts';

export interface Candidate {
  /** What it is called by: its version, or its name in the matrix. */
  readonly label: string;
  readonly kernel: TriedKernel;
}

export interface CandidateOptions extends ArchiveOptions {
  readonly matrix: Matrix;
  /** Names in the matrix, the oldest first; absent: packaged kernels. */
  readonly kernels?: readonly string[];
  /** Absent: those of the matrix. */
  readonly suite?: readonly string[];
  readonly flavour: Flavour;
  /** A line for people. */
  readonly report: (line: string) => void;
}

/** The oldest first. Throws a UsageError for names that the matrix does not have. */
export async function listCandidates(options: CandidateOptions): Promise<readonly Candidate[]> {
  const { matrix, kernels } = options;
  if (kernels === undefined) return await listPackaged(options);
  return kernels.map((name) => {
    const source = matrix.kernels.get(name);
    if (source === undefined) throw unknownKernel(name, matrix);
    return { label: name, kernel: { name, source } };
  });
}

async function listPackaged(options: CandidateOptions): Promise<readonly Candidate[]> {
  const { matrix, cacheRoot, offline, flavour, suite = suitesOf(matrix), report } = options;
  const [listed, cached] = await Promise.all([
    listSuites(suite, options),
    listCachedKernels(cacheRoot),
  ]);
  for (const each of listed) if ('missing' in each) report(`${each.suite}: ${each.missing}`);
  const suites = listed.flatMap((each) => ('missing' in each ? [] : [each]));
  const keys = new Set(cached.map(({ entry }) => entry));
  // Without the network, what was not fetched before cannot be measured.
  const offered = listOffered(suites).filter(
    (kernel) => kernel.flavour === flavour && (offline !== true || keys.has(entryKey(kernel))),
  );
  const offeredKeys = new Set(offered.map(entryKey));
  const left = cached.filter(
    (kernel) => !offeredKeys.has(kernel.entry) && flavourIn(kernel.package) === flavour,
  );
  const candidates = [
    ...left.map(({ version, image, config, modules }) =>
      packaged(version, { kind: 'path', image, ...omitUndefined({ config, modules }) }),
    ),
    ...offered.map((kernel) => packaged(kernel.version, sourceOf(kernel, matrix))),
  ];
  const byLabel = new Map(candidates.map((candidate) => [candidate.label, candidate]));
  return [...byLabel.values()].sort((one, other) => compareVersions(one.label, other.label));
}

function packaged(version: string, source: KernelSource): Candidate {
  return { label: version, kernel: { name: nameOf(version), source } };
}

/** Safe in the id of a cell and as the name of a file. */
function nameOf(version: string): string {
  return `debian-${version.replaceAll(/[^\w.-]/g, '-')}`;
}

/** Vouched for as kernels of the matrix are. */
function sourceOf({ name, version, suite }: OfferedKernel, { kernels }: Matrix): KernelSource {
  const sources = [...kernels.values()].filter(isDebian);
  const sha256 = Object.assign({}, ...sources.map((source) => source.sha256));
  const own = sources.find(({ suites }) => suites.includes(suite));
  return {
    ...{ kind: 'debian-package', package: `${name}=${version}`, suites: [suite], sha256 },
    unlisted: own?.unlisted ?? 'refuse',
  };
}

function flavourIn(packageName: string): Flavour {
  if (packageName.includes('-cloud-')) return 'cloud';
  return packageName.includes('-rt-') ? 'rt' : 'full';
}

function unknownKernel(name: string, { kernels }: Matrix): UsageError {
  const known = [...kernels.keys()];
  const suggestion = suggestName(name, known);
  const hint = suggestion === undefined ? '' : `did you mean ${quote(suggestion)}? `;
  return new UsageError(`--kernels: the matrix has no kernel ${quote(name)}`, {
    code: 'KERNEL_UNKNOWN',
    remedy: `${hint}It has ${listWords(known, 'and')}`,
  });
}

/** @param ends As the user gave them. */
export function asRowError(
  fault: RowFault,
  candidates: readonly Candidate[],
  ends: { readonly good: string; readonly bad: string },
): UsageError {
  const labels = candidates.map(({ label }) => label);
  const there = `there are: ${renderFirst(labels, 40).join(', ') || 'none'}`;
  switch (fault.kind) {
    case 'unknown':
      return new UsageError(`--${fault.end}: no kernel is called ${quote(ends[fault.end])}`, {
        code: 'VERSION_UNKNOWN',
        remedy: `give a version, or how it begins; ${there}`,
      });
    case 'overlap':
      return new UsageError(
        `--good ${ends.good} and --bad ${ends.bad} do not lie apart: no kernel can be between them`,
        { code: 'VERSIONS_OVERLAP', remedy: `name two that do; ${there}` },
      );
  }
}
