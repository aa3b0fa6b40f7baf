import { existsSync } from 'node:fs';
import { cacheRoot } from '../cache/cache-root.ts';
import { UsageError } from '../errors.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import { DEFAULT_MATRIX } from '../matrix/default-files.ts';
import type { GuestConfig, Matrix } from '../matrix/matrix.ts';
import { listWords, quote } from '../matrix/problem.ts';
import { suggestName } from '../matrix/suggest.ts';
import type { AgentNeeds } from '../needs/agent-needs.ts';
import { findNeeds } from '../needs/predict.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { checkKernels, hasEverything } from './check-report.ts';
import { renderCheck } from './check-text.ts';
import { findKernel, hostKernel } from './checked-kernels.ts';
import { colorsFor } from './colors.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { loadNeeds } from './load-needs.ts';
import { listScenarios } from './project.ts';

export interface CheckCommandOptions {
  readonly matrix: string;
  readonly needs?: string;
  readonly agent?: readonly string[];
  readonly cgroup?: readonly CgroupMode[];
  readonly bootParameters?: readonly string[];
  /** A config of the matrix. */
  readonly config?: string;
  readonly host?: boolean;
  readonly json?: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
}

/** Says what agents will lack on kernels, without booting any: 0 if nothing. */
export async function check(
  names: readonly string[],
  options: CheckCommandOptions,
): Promise<number> {
  const { host = false, mirror, offline, cgroup: cgroups } = options;
  if (names.length === 0 && !host) {
    throw new UsageError('no kernel to check', {
      code: 'NO_KERNEL_NAMED',
      remedy: 'name a kernel of the matrix or a file with a configuration, or give --host',
    });
  }
  const matrix = openMatrix(options.matrix);
  const needs = loadNeeds(options);
  const agents = await chooseAgents(needs.agents, options.agent, matrix);
  const config = await findConfig(options.config, matrix);
  const sources = {
    matrix,
    cacheRoot: cacheRoot(process.env),
    ...omitUndefined({ mirror, offline, config: options.config }),
  };
  const kernels = await Promise.all([
    ...(host ? [hostKernel()] : []),
    ...names.map((name) => findKernel(name, sources)),
  ]);
  const report = checkKernels({
    kernels,
    agents,
    features: needs.features,
    bootParameters: [...(config?.bootParameters ?? []), ...(options.bootParameters ?? [])],
    leaveUnmounted: config?.leaveUnmounted ?? [],
    scenarios: listScenarios(),
    ...omitUndefined({ cgroups }),
  });
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : renderCheck(report, {
          colors: colorsFor(process.stdout, process.env),
          width: process.stdout.columns || Number.POSITIVE_INFINITY,
        }),
  );
  return hasEverything(report) ? EXIT_CODES.good : EXIT_CODES.bad;
}

/**
 * The matrix file, read when a name is looked up in it: files can be checked without one, and faster. One
 * that was asked for must be there.
 */
function openMatrix(file: string): () => Promise<Matrix | undefined> {
  let read: Promise<Matrix | undefined> | undefined;
  const isThere = file !== DEFAULT_MATRIX || existsSync(file);
  return () => {
    read ??= isThere
      ? import('./load-matrix.ts').then(({ loadMatrix }) => loadMatrix(file))
      : Promise.resolve(undefined);
    return read;
  };
}

type OpenMatrix = ReturnType<typeof openMatrix>;

async function findConfig(
  name: string | undefined,
  open: OpenMatrix,
): Promise<GuestConfig | undefined> {
  if (name === undefined) return undefined;
  const matrix = await open();
  const known = [...(matrix?.configs.keys() ?? [])];
  return matrix?.configs.get(name) ?? refuse('config', name, known);
}

async function chooseAgents(
  all: readonly AgentNeeds[],
  names: readonly string[] | undefined,
  open: OpenMatrix,
): Promise<readonly AgentNeeds[]> {
  if (names === undefined) return all;
  return await Promise.all(names.map((name) => chooseAgent(all, name, open)));
}

async function chooseAgent(
  all: readonly AgentNeeds[],
  name: string,
  open: OpenMatrix,
): Promise<AgentNeeds> {
  const own = all.find((entry) => entry.name === name);
  if (own !== undefined) return own;
  const matrix = await open();
  const source = matrix?.agents.get(name);
  if (source === undefined) {
    const known = [...all.map((entry) => entry.name), ...(matrix?.agents.keys() ?? [])];
    return refuse('agent', name, known);
  }
  const found = findNeeds(all, { name, ...source });
  if (found !== undefined) return found;
  throw new UsageError(`nothing is known of what the agent ${quote(name)} needs`, {
    code: 'NO_NEEDS',
    remedy: 'write it down beside the matrix, in needs/*.yaml: docs/needs.md',
  });
}

function refuse(what: string, name: string, known: readonly string[]): never {
  const suggestion = suggestName(name, known);
  const hint = suggestion === undefined ? '' : `did you mean "${suggestion}"? `;
  throw new UsageError(`there is no ${what} ${quote(name)}`, {
    code: 'UNKNOWN_NAME',
    remedy: `${hint}there are: ${listWords(known, 'and')}`,
  });
}
