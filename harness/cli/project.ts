import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.ts';
import type { Cell } from '../matrix/cell.ts';
import { isInCell } from '../matrix/scenarios-of-cell.ts';
import type { GuestBinaries } from '../prepare/prepare-cell.ts';

/** Without a slash at its end. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const ROOT = projectRoot;
/** The sources of our own guest programs. */
export const guestRoot = join(ROOT, 'guest');

const BINARIES = join(ROOT, 'guest/target/x86_64-unknown-linux-gnu/release');

/** Our own guest programs, as scripts/setup builds them. */
export const guestBinaries: GuestBinaries = {
  init: join(BINARIES, 'init'),
  agent: join(BINARIES, 'agent'),
  workload: join(BINARIES, 'workload'),
};

/** What `kmx selftest` breaks guests with. */
export const saboteur = join(BINARIES, 'saboteur');

/** Makes the calls of a bundle in its guest. */
export const replayProgram = join(BINARIES, 'replay');

/** PID 1 of the container that QEMU runs in. */
export const spawner = join(BINARIES, 'spawner');

export const scenarioRoot = join(ROOT, 'scenarios');

/** What agents need of kernels, as it comes with kmx, and the code that reads it. */
export const needsRoot = join(ROOT, 'needs');
export const needsCodeRoot = join(ROOT, 'harness/needs');

export const packagesRoot = join(ROOT, 'node_modules');

/** Every spec file, as a path below `scenarios/`. */
export function listScenarios(): readonly string[] {
  const entries = readdirSync(scenarioRoot, { recursive: true, encoding: 'utf8' });
  return entries.filter((entry) => entry.endsWith('.spec.ts')).toSorted();
}

/** Every spec file that the cells run. Throws a UsageError if a cell's globs match none. */
export function findScenarios(cells: readonly Cell[]): readonly string[] {
  const files = listScenarios();
  // Many cells have the same globs, and matching is expensive.
  const alike = [...Map.groupBy(cells, ({ scenarios }) => scenarios?.join('\n')).values()];
  const empty = alike
    .flatMap((same) => same.slice(0, 1))
    .find((cell) => !files.some((file) => isInCell(cell, file)));
  if (empty !== undefined) {
    const globs = empty.scenarios?.join(', ') ?? 'any';
    throw new UsageError(`no scenario matches ${globs}, which a profile selects for ${empty.id}`, {
      code: 'NO_SCENARIO',
      remedy: `the scenarios are, below ${relative(process.cwd(), scenarioRoot)}: ${files.join(', ')}`,
    });
  }
  return files.map((file) => join(scenarioRoot, file));
}
