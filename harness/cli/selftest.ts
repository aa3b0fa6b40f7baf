import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { cacheRoot } from '../cache/cache-root.ts';
import { useCache } from '../cache/inventory.ts';
import { UsageError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { createMachine } from '../machine/machines.ts';
import type { QemuMachineOptions } from '../machine/qemu/qemu-settings.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import { SELFTEST_CASES } from '../selftest/cases.ts';
import { canStartEngine, findContainerHost } from '../selftest/container-host.ts';
import { canMount } from '../selftest/run-command-case.ts';
import { needsContainers, runSelftest } from '../selftest/run-selftest.ts';
import type { CaseResult, SelftestCase } from '../selftest/selftest-case.ts';
import { available, type SelftestHost, type VmHost } from '../selftest/selftest-host.ts';
import { renderCases, renderResult, renderTotals } from '../selftest/selftest-table.ts';
import { attachFolder } from './bug-report.ts';
import { colorsFor } from './colors.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { findVmHost } from './find-vm-host.ts';
import { listenForInterrupts } from './interrupts.ts';
import { loadMatrix } from './load-matrix.ts';
import { guestBinaries, saboteur } from './project.ts';
import { countJobs, hostFacts } from './run-host.ts';
import { createRunId } from './wanted-run.ts';

export interface SelftestOptions {
  readonly matrix: string;
  readonly all?: boolean;
  readonly only?: readonly string[];
  readonly kernel?: string;
  readonly out: string;
  readonly jobs?: number;
  readonly list?: boolean;
}

/** Breaks guests and hosts on purpose, and checks that each case gets its one right verdict. */
export async function selftest(options: SelftestOptions): Promise<number> {
  const cases = selectCases(options);
  if (options.list) {
    process.stdout.write(renderCases(cases));
    return EXIT_CODES.good;
  }
  const matrix = loadMatrix(options.matrix);
  const jobs = countJobs(options.jobs, matrix.limits);
  const root = cacheRoot(process.env);
  await using _use = await useCache(root);
  const host = await findHost(cases, matrix, options.kernel, root);
  const { vms } = host;
  const facts = hostFacts('lacks' in vms ? [] : [{ name: 'qemu', kind: 'qemu', ...of(vms) }]);
  const folder = resolve(options.out, `selftest-${createRunId()}`);
  mkdirSync(folder, { recursive: true });
  attachFolder(folder);
  const colors = colorsFor(process.stdout, process.env);
  using interrupts = listenForInterrupts();
  const results = await runSelftest({
    cases,
    host,
    facts,
    createContainers: async () => {
      const { createContainerMachine } = await import('../machine/container/container-machine.ts');
      return await createContainerMachine();
    },
    createMachine: (machineMib) => {
      const { accelerator } = available(vms);
      const host = { accelerator, jobs, cpus: facts.cpus };
      const { machineStartTimeoutMs: startTimeoutMs } = scaleLimits(matrix.limits, host);
      return createCaseMachine({ accelerator, startTimeoutMs }, machineMib, folder);
    },
    binaries: guestBinaries,
    saboteur,
    cacheRoot: root,
    folder,
    jobs,
    signal: interrupts.signal,
    onResult: (result) => process.stdout.write(renderResult(result, colors)),
  });
  const shown = relative(process.cwd(), folder);
  process.stdout.write(`\n${renderTotals(results)}${describeKernel(host)}; logs: ${shown}\n`);
  return interrupts.signal.aborted ? EXIT_CODES.interrupted : exitCodeOf(results);
}

/** What no case needs is not looked for. */
async function findHost(
  cases: readonly SelftestCase[],
  matrix: Matrix,
  kernel: string | undefined,
  root: string,
): Promise<SelftestHost> {
  return {
    vms: cases.every(needsContainers)
      ? { lacks: 'no case needs a virtual machine' }
      : await findVmHost(matrix, kernel, root),
    containers: cases.some(needsContainers)
      ? await findContainerHost()
      : { lacks: 'no case needs a container' },
    canMount: await canMount(),
    canStartEngine: canStartEngine(),
  };
}

function of({ version, accelerator }: VmHost) {
  return { version, accelerator };
}

/** The kernel that most cases were tried on. */
function describeKernel({ vms, containers }: SelftestHost): string {
  const ground = 'lacks' in vms ? containers : vms;
  return 'lacks' in ground ? '' : ` on ${ground.kernel.release}`;
}

function selectCases({ all, only = [] }: SelftestOptions): readonly SelftestCase[] {
  const words = only.map((word) => word.toLowerCase());
  const chosen = SELFTEST_CASES.filter(({ name, isExtra }) =>
    words.length === 0 ? all || !isExtra : words.some((word) => name.includes(word)),
  );
  if (chosen.length > 0) return chosen;
  throw new UsageError(`--only: no case of the selftest has ${only.join(' or ')} in its name`, {
    code: 'NO_CASE',
    remedy: 'kmx selftest --all --list shows them',
  });
}

/** QEMU as it is, or with a limit on its process's memory that is too low for a guest. */
async function createCaseMachine(
  qemu: QemuMachineOptions,
  machineMib: number | undefined,
  folder: string,
): Promise<Machine> {
  if (machineMib === undefined) return await createMachine({ kind: 'qemu', options: qemu });
  const binary = join(folder, 'qemu-with-little-memory');
  const script = `ulimit -v ${machineMib * 1024}\nexec qemu-system-x86_64 "$@"\n`;
  writeFileSync(binary, `#!/bin/sh\n${script}`);
  chmodSync(binary, 0o755);
  return await createMachine({ kind: 'qemu', options: { ...qemu, binary } });
}

/** A host on which no case can be tried or no guest boots proves nothing, right or wrong. */
function exitCodeOf(results: readonly CaseResult[]): number {
  const tried = results.filter((result) => result.state !== 'not tried');
  if (tried.length === 0) return EXIT_CODES.unmeasured;
  const boots = tried.filter(({ hasBooted }) => hasBooted !== undefined);
  if (boots.length > 0 && boots.every(({ hasBooted }) => !hasBooted)) return EXIT_CODES.unmeasured;
  return tried.some(({ state }) => state === 'WRONG') ? EXIT_CODES.bad : EXIT_CODES.good;
}
