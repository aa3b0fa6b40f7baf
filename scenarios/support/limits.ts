/** Checks whether limits have reached the kernel, with one message and cause for all tests. */
import { AssertionError } from 'chai';
import type { CpuResources, Resources } from '../../harness/agents/container-spec.ts';
import { GuestError } from '../../harness/channel/channel-fault.ts';
import type { CgroupMode } from '../../harness/matrix/cell.ts';
import type { Cgroup } from './cgroup.ts';

/** The value that a control file should have. */
interface Limit {
  readonly controller: string;
  readonly file: string;
  readonly value: string;
}

interface AskedLimit extends Limit {
  /** The last call that asked for this value. */
  readonly call: string;
}

/** The limits asked for a container, each with the call that asked for it. */
export class AskedLimits {
  readonly #mode: CgroupMode;
  readonly #byFile = new Map<string, AskedLimit>();

  constructor(mode: CgroupMode) {
    this.#mode = mode;
  }

  note(call: 'CreateContainer' | 'UpdateContainer', resources: Resources = {}): void {
    for (const limit of limitsOf(resources, this.#mode)) {
      this.#byFile.set(limit.file, { ...limit, call });
    }
  }

  /** Fails at the first limit that has not reached the kernel. */
  async expectIn(cgroup: Cgroup): Promise<void> {
    for (const limit of this.#byFile.values()) await expectLimit(cgroup, limit);
  }
}

async function expectLimit(cgroup: Cgroup, limit: AskedLimit): Promise<void> {
  const { controller, file, value: expected, call } = limit;
  const found = await cgroup.read(controller, file).catch((error: unknown) => {
    if (error instanceof GuestError && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === expected) return;
  const state = found === undefined ? 'is not there' : `is ${found}`;
  const message = `${file} of ${cgroup.path} ${state}; ${call} asked for ${expected}`;
  throw new AssertionError(message, {
    expected,
    actual: found,
    cause: `${file} is not what ${call} asked for`,
  });
}

/** CPU shares on v2 are left out: agents convert them to a weight by different formulas. */
function limitsOf({ cpu = {}, memory, pids }: Resources, mode: CgroupMode): readonly Limit[] {
  const isV2 = mode === 'v2';
  const limits: (Limit | undefined)[] = [
    ...(isV2 ? [cpuMaxOf(cpu)] : cpuV1Of(cpu)),
    limitOf('cpuset', 'cpuset.cpus', cpu.cpus),
    limitOf('cpuset', 'cpuset.mems', cpu.mems),
    limitOf('memory', isV2 ? 'memory.max' : 'memory.limit_in_bytes', memory?.limitBytes),
    limitOf('pids', 'pids.max', pids?.limit),
  ];
  return limits.filter((limit) => limit !== undefined);
}

function cpuMaxOf({ quotaUs, periodUs }: CpuResources): Limit | undefined {
  if (quotaUs === undefined || periodUs === undefined) return undefined;
  return limitOf('cpu', 'cpu.max', `${quotaUs} ${periodUs}`);
}

function cpuV1Of({ shares, quotaUs, periodUs }: CpuResources): readonly (Limit | undefined)[] {
  return [
    limitOf('cpu', 'cpu.shares', shares),
    limitOf('cpu', 'cpu.cfs_quota_us', quotaUs),
    limitOf('cpu', 'cpu.cfs_period_us', periodUs),
  ];
}

function limitOf(
  controller: string,
  file: string,
  value: string | number | undefined,
): Limit | undefined {
  return value === undefined ? undefined : { controller, file, value: String(value) };
}
