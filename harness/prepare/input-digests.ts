import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { digestFile, digestOf } from '../cache/digest.ts';
import { InfraError } from '../errors.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import { prepareAgent, readGuestBinary } from './agent-files.ts';
import { digestAgentFiles } from './initramfs.ts';
import type { GuestBinaries } from './prepare-cell.ts';
import type { ResolvedKernels } from './run-inputs.ts';

export interface DigestOptions {
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly kernels: ResolvedKernels;
  readonly binaries: GuestBinaries;
  readonly scenarioRoot: string;
  readonly cacheRoot: string;
}

/** Stands for a kernel that could not be provided. */
const NOT_THERE = 'not there';

/**
 * Digests of all files that a run's results depend on, by names that users know: of an agent also the
 * libraries that are packed with it.
 */
export async function digestInputs(options: DigestOptions): Promise<Record<string, string>> {
  const { matrix, plan, kernels, binaries, scenarioRoot, cacheRoot } = options;
  const agents = new Set(plan.cells.map(({ agent }) => agent));
  const digests: Record<string, string> = {
    [matrix.file]: await digestFile(matrix.file),
    'scenarios/': await digestFolder(scenarioRoot),
    'guest/init': digestOf(await readGuestBinary(binaries.init)),
    'guest/workload': digestOf(await readGuestBinary(binaries.workload)),
  };
  for (const name of agents) {
    const source = namedValue(matrix.agents, name);
    const { entries } = await prepareAgent(source, binaries.agent, cacheRoot);
    digests[`agent ${name}`] = digestAgentFiles(entries);
  }
  for (const [name, image] of kernels) {
    digests[`kernel ${name}`] = image instanceof InfraError ? NOT_THERE : image.digest;
  }
  return digests;
}

/**
 * The names of what has changed, or is missing on one side. A kernel that has become available is no
 * change.
 */
export function changedInputs(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => before[name] !== NOT_THERE && now[name] !== before[name]);
}

async function digestFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const digests = await Promise.all(
    files.map(async (file) => [relative(folder, file), await digestFile(file)]),
  );
  return digestOf(JSON.stringify(digests));
}
