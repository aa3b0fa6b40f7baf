/** The plan of a case, which is run as by `kmx run`. */
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InfraError } from '../errors.ts';
import type { HostFacts } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import type { BootableKernel, KernelImage } from '../kernels/kernel-image.ts';
import type { ContainerMachine } from '../machine/container/container-machine.ts';
import type { Machine } from '../machine/machine.ts';
import type { Isolation } from '../matrix/isolation.ts';
import type { Limits, Matrix } from '../matrix/matrix.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import { selectCells } from '../matrix/select.ts';
import type { GuestBinaries } from '../prepare/prepare-cell.ts';
import type { RunPlanOptions } from '../run/plan-options.ts';
import { runPlan } from '../run/run-plan.ts';
import { breakKernel } from './broken-kernel.ts';
import { caseExpectationsText, parseCaseExpectations } from './case-expectations.ts';
import { caseMatrixText, parseCaseMatrix } from './case-matrix.ts';
import type { GuestSetting, PlacedPanic, SelftestHost } from './selftest-case.ts';

export interface GuestCaseOptions {
  readonly host: SelftestHost;
  readonly facts: HostFacts;
  readonly createContainers: () => Promise<ContainerMachine>;
  /** @param machineMib Limit for the address space of a machine's process; undefined: none. */
  readonly createMachine: (machineMib: number | undefined) => Promise<Machine>;
  readonly accelerator: string;
  readonly binaries: GuestBinaries;
  readonly saboteur: string;
  readonly cacheRoot: string;
  /** The case's own folder; created here. */
  readonly folder: string;
  readonly jobs: number;
  readonly signal: AbortSignal;
}

const SCENARIOS = fileURLToPath(new URL('scenarios', import.meta.url));

/** What differs between the plans of cases. */
export interface CasePlan extends Pick<RunPlanOptions, 'emit' | 'scenarioFiles' | 'spawnWorker'> {
  readonly machine: Machine;
  readonly missRetries?: number;
  readonly isolation?: Isolation;
}

/** Runs the case's only cell; returns its limits. */
export async function runCasePlan(
  { setting = {}, name }: { readonly setting?: GuestSetting; readonly name: string },
  options: GuestCaseOptions,
  { machine, missRetries = 0, isolation = 'cell', ...plan }: CasePlan,
): Promise<Limits> {
  const { folder, facts, accelerator, host, saboteur, binaries, cacheRoot, jobs, signal } = options;
  const file = join(folder, 'matrix.yaml');
  const machineName = setting.machine ?? 'qemu';
  const isContainer = machineName === 'container';
  const ground = isContainer ? containersOf(host) : bootableOf(host);
  const text = caseMatrixText(setting, ground, saboteur);
  await writeFile(file, text);
  const matrix = parseCaseMatrix(text, file);
  const limits = scaleLimits(matrix.limits, {
    ...{ accelerator: isContainer ? 'none' : accelerator, cpus: facts.cpus, jobs },
  });
  const kernel = await kernelOf(setting, host, folder);
  const expectations =
    setting.knownPanic === undefined
      ? []
      : await writeExpectations(name, setting.knownPanic, matrix, plan.scenarioFiles);
  const init = setting.firstProcess === undefined ? binaries.init : saboteur;
  await runPlan({
    run: name,
    inputs: {},
    folder,
    matrix,
    plan: selectCells(matrix),
    scenarioRoot: SCENARIOS,
    testFilter: name,
    machines: new Map([[machineName, { machine, limits, inputs: {} }]]),
    kernels: new Map([['kernel', kernel]]),
    cacheRoot,
    guestBinaries: { ...binaries, init, workload: saboteur },
    host: facts,
    jobs: 1,
    isolation,
    // A case is judged by its first try, and by its own expectation.
    retries: 0,
    missRetries,
    known: { expectations, isFiltered: true, isWholeMatrix: false },
    ...plan,
    signal,
  });
  return limits;
}

async function kernelOf(
  { machine, kernel }: GuestSetting,
  host: SelftestHost,
  folder: string,
): Promise<KernelImage | InfraError> {
  if (machine === 'container') return containersOf(host).kernel;
  const whole = bootableOf(host);
  return kernel === undefined ? whole : await breakKernel(kernel, whole, folder);
}

/** What the virtual machines of cases boot. */
export function bootableOf({ kernel }: SelftestHost): BootableKernel {
  if (kernel === undefined) throw new Error('Expected a kernel: a case has a virtual machine');
  return kernel;
}

/** A case that needs them is not tried without. */
function containersOf({ containers }: SelftestHost) {
  if ('lacks' in containers) throw new Error(`Expected containers: ${containers.lacks}`);
  return containers;
}

/** Beside the matrix, where a user has them, too. */
async function writeExpectations(
  name: string,
  known: PlacedPanic,
  matrix: Matrix,
  specs: readonly string[],
): Promise<readonly Expectation[]> {
  const text = caseExpectationsText(name, known);
  await writeFile(join(dirname(matrix.file), 'expectations.yaml'), text);
  const scenarios = specs.map((spec) => relative(SCENARIOS, spec));
  return parseCaseExpectations(text, matrix, scenarios);
}

export async function findSpecs(): Promise<readonly string[]> {
  const files = await readdir(SCENARIOS);
  return files.filter((file) => file.endsWith('.spec.ts')).map((file) => join(SCENARIOS, file));
}
