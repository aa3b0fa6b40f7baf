export const CGROUP_MODES = ['v1', 'hybrid', 'v2'] as const;
export type CgroupMode = (typeof CGROUP_MODES)[number];

/** Ways to boot a guest. */
export const MACHINE_KINDS = ['qemu', 'container'] as const;
export type MachineKind = (typeof MACHINE_KINDS)[number];

/** Where QEMU runs: on the host, or in a container that has one of its own. */
export const QEMU_PLACES = ['host', 'container'] as const;
export type QemuPlace = (typeof QEMU_PLACES)[number];

/** Where kernels are built: with the compiler of the host, or with one in a container. */
export const BUILD_PLACES = ['host', 'container'] as const;
export type BuildPlace = (typeof BUILD_PLACES)[number];

/** Kinds of agents: each has an adapter in `agents/connect.ts`. */
export const AGENT_KINDS = ['reference', 'kata'] as const;
export type AgentKind = (typeof AGENT_KINDS)[number];

/** One point of the matrix, by its names on the axes. Plain JSON. */
export interface Cell {
  /** `kernel+config+cgroup+agent+machine`: stable, readable, safe as a file name. See `cellId`. */
  readonly id: string;
  readonly kernel: string;
  readonly config: string;
  readonly cgroup: CgroupMode;
  readonly agent: string;
  readonly machine: string;
  /**
   * The name of the kernel that it boots, if that is not the one on the axis alone: `source-6.12+v1-on`
   * is built for the config `v1-on`. See `buildOf`.
   */
  readonly build?: string;
  /** What boots its guests. */
  readonly machineKind: MachineKind;
  /** Which adapter talks to its agent. */
  readonly agentKind: AgentKind;
  /** Globs below `scenarios/` that this cell runs; absent: all of them. */
  readonly scenarios?: readonly string[];
}

/** A cell by its names alone. */
export type NamedCell = Pick<
  Cell,
  'id' | 'kernel' | 'config' | 'cgroup' | 'agent' | 'machine' | 'build'
>;

/** The name of the kernel that a cell boots: reports, resolved kernels and their configurations have it. */
export function buildOf({ kernel, build }: Pick<Cell, 'kernel' | 'build'>): string {
  return build ?? kernel;
}

/** A machine that is named as its kind is left out: most matrices have no other. */
export function cellId(cell: Omit<NamedCell, 'id'>): string {
  const { kernel, config, cgroup, agent, machine } = cell;
  return [kernel, config, cgroup, agent, ...(isPlainMachine(machine) ? [] : [machine])].join('+');
}

/** It is named as its kind, which goes without saying. */
export function isPlainMachine(machine: string): boolean {
  return MACHINE_KINDS.some((kind) => kind === machine);
}
