/** Containers as kata-agent wants them: an OCI spec as messages, with what the agent insists on. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type ContainerSpec,
  containerCgroupPath,
  type ProcessSpec,
  type Resources,
} from '../container-spec.ts';
import type { LinuxResourcesSchema, ProcessSchema, SpecSchema } from './generated/oci_pb.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Without /proc, a container's first process dies before it opens the fifo that StartContainer
 * waits for, and the agent hangs. The agent creates the usual device nodes in /dev by itself.
 */
const MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc', options: [] },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/sys',
    type: 'sysfs',
    source: 'sysfs',
    options: ['nosuid', 'noexec', 'nodev', 'ro'],
  },
];

/** @throws RangeError if a number in the resources is not an integer */
export function buildSpec(container: ContainerSpec): MessageInitShape<typeof SpecSchema> {
  const { resources } = container;
  return {
    Version: '1.0.2',
    Process: buildProcess(container),
    Root: { Path: container.rootfs ?? '/rootfs' },
    Hostname: container.hostname ?? '',
    Mounts: MOUNTS,
    // kata-agent 3.11 to 3.13 panics on a spec without annotations (device/mod.rs).
    Annotations: { 'kernel-matrix.container': container.id },
    Linux: {
      CgroupsPath: containerCgroupPath(container),
      // The agent adds the pid namespace, and refuses an empty list.
      Namespaces: (container.namespaces ?? ['mount', 'ipc', 'uts']).map((Type) => ({ Type })),
      ...(resources && { Resources: buildResources(resources) }),
    },
  };
}

/** A process that runs as root, without capabilities. */
export function buildProcess(process: ProcessSpec): MessageInitShape<typeof ProcessSchema> {
  const environment = { PATH: DEFAULT_PATH, ...process.environment };
  return {
    User: { UID: 0, GID: 0 },
    Args: [...process.arguments],
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Cwd: process.workingDirectory ?? '/',
    // May be empty but must be present: the agent unwraps it.
    Capabilities: {},
    NoNewPrivileges: true,
  };
}

/**
 * A message for each part that is present, even if it is empty.
 *
 * @throws RangeError if a number is not an integer
 */
export function buildResources({
  cpu,
  memory,
  pids,
}: Resources): MessageInitShape<typeof LinuxResourcesSchema> {
  return {
    ...(cpu && {
      CPU: withoutAbsent({
        Shares: wholeNumber('cpu.shares', cpu.shares),
        Quota: wholeNumber('cpu.quotaUs', cpu.quotaUs),
        Period: wholeNumber('cpu.periodUs', cpu.periodUs),
        Cpus: cpu.cpus,
        Mems: cpu.mems,
      }),
    }),
    ...(memory && {
      Memory: withoutAbsent({
        Limit: wholeNumber('memory.limitBytes', memory.limitBytes),
        Reservation: wholeNumber('memory.reservationBytes', memory.reservationBytes),
        Swap: wholeNumber('memory.swapBytes', memory.swapBytes),
        Swappiness: wholeNumber('memory.swappiness', memory.swappiness),
        DisableOOMKiller: memory.disableOomKiller,
      }),
    }),
    ...(pids && { Pids: withoutAbsent({ Limit: wholeNumber('pids.limit', pids.limit) }) }),
  };
}

function wholeNumber(name: string, value: number | undefined): bigint | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`resources.${name}: expected a whole number, found ${value}`);
  }
  return BigInt(value);
}

type WithoutAbsent<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function withoutAbsent<Fields extends object>(fields: Fields): WithoutAbsent<Fields> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as WithoutAbsent<Fields>;
}
