import { join } from 'node:path';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Judgement } from './judge-guest-case.ts';
import { watchMemory } from './memory-watch.ts';
import type { GuestCaseOptions } from './run-case-plan.ts';
import { runCommandCase } from './run-command-case.ts';
import { runEngineCase } from './run-engine-case.ts';
import { runGuestCase } from './run-guest-case.ts';
import { runWorkerCase } from './run-worker-case.ts';
import type { CaseResult, SelftestCase } from './selftest-case.ts';
import type { SelftestHost } from './selftest-host.ts';

export interface RunSelftestOptions extends Omit<GuestCaseOptions, 'folder'> {
  readonly cases: readonly SelftestCase[];
  /** Each case gets a folder here, by its name. */
  readonly folder: string;
  /** Called with each case's result as it ends. */
  readonly onResult: (result: CaseResult) => void;
}

/** Tries the cases, `jobs` at a time. No further case begins after an interrupt. */
export async function runSelftest(options: RunSelftestOptions): Promise<readonly CaseResult[]> {
  const limit = pLimit(options.jobs);
  // One after the other: each looks for what it has left on the host.
  const containers = pLimit(1);
  const inTurn = (item: SelftestCase): LimitFunction =>
    needsContainers(item) ? containers : limit;
  const results = await Promise.all(
    options.cases.map((item) =>
      inTurn(item)(async () => {
        if (options.signal.aborted) return undefined;
        const result = await tryCase(item, options);
        options.onResult(result);
        return result;
      }),
    ),
  );
  return results.filter((result) => result !== undefined);
}

async function tryCase(item: SelftestCase, options: RunSelftestOptions): Promise<CaseResult> {
  const folder = join(options.folder, item.name);
  const beginMs = performance.now();
  const reason = lackOf(item, options.host);
  const end = () => ({
    case: item,
    expected: describeExpected(item),
    folder,
    durationMs: Math.round(performance.now() - beginMs),
  });
  if (reason !== undefined) return { ...end(), state: 'not tried', reason };
  using memory = watchMemory();
  const judgement = await runCase(item, { ...options, folder });
  const problems = [...judgement.problems, ...findMemoryProblem(memory.peakMib)];
  return { ...end(), ...judgement, problems, state: problems.length === 0 ? 'ok' : 'WRONG' };
}

/** Whether the case is about guests in containers of this host. */
export function needsContainers(item: SelftestCase): boolean {
  return item.kind === 'engine' || (item.kind === 'guest' && item.setting.machine === 'container');
}

/** Pure. Why the case cannot be tried on this host; undefined if it can. */
export function lackOf(item: SelftestCase, host: SelftestHost): string | undefined {
  const ground = needsContainers(item) ? host.containers : host.vms;
  return 'lacks' in ground ? ground.lacks : item.lacks?.(host);
}

/** Must suffice whatever guests print, and for several guests at a time. */
const MEMORY_MIB_MAX = 768;

function findMemoryProblem(peakMib: number): readonly string[] {
  if (peakMib <= MEMORY_MIB_MAX) return [];
  return [`kmx used ${peakMib} MiB of memory, more than ${MEMORY_MIB_MAX}`];
}

async function runCase(item: SelftestCase, options: RunSelftestOptions): Promise<Judgement> {
  switch (item.kind) {
    case 'guest':
      return await runGuestCase(item, options);
    case 'workers':
      return await runWorkerCase(item, options);
    case 'command':
      return await runCommandCase(item, options);
    case 'engine':
      return await runEngineCase(item, options);
  }
}

/** In one or two words. */
export function describeExpected(item: SelftestCase): string {
  switch (item.kind) {
    case 'guest': {
      const { verdict, judgement } = item.expected;
      return judgement === undefined ? verdict : `${verdict}, ${judgement.status}`;
    }
    case 'workers':
      return 'pass or error';
    case 'command':
    case 'engine':
      return `exit code ${item.expected.exitCode}`;
  }
}
