export const CGROUP_MODES = ['v1', 'hybrid', 'v2'] as const;
export type CgroupMode = (typeof CGROUP_MODES)[number];

/** Ways to boot a guest. */
export const MACHINE_KINDS = ['qemu'] as const;
export type MachineKind = (typeof MACHINE_KINDS)[number];

/** Kinds of agents: each has an adapter in `agents/connect.ts`. */
export const AGENT_KINDS = ['reference', 'kata'] as const;
export type AgentKind = (typeof AGENT_KINDS)[number];

/** One point of the matrix, by its names on the axes. Plain JSON. */
export interface Cell {
  /** `kernel+config+cgroup+agent`: stable, readable, safe as a file name. */
  readonly id: string;
  readonly kernel: string;
  readonly config: string;
  readonly cgroup: CgroupMode;
  readonly agent: string;
  /** What boots its guests; follows from the kernel's source. */
  readonly machine: MachineKind;
  /** Which adapter talks to its agent. */
  readonly agentKind: AgentKind;
  /** Globs below `scenarios/` that this cell runs; absent: all of them. */
  readonly scenarios?: readonly string[];
}

/** A cell by its names alone. */
export type NamedCell = Pick<Cell, 'id' | 'kernel' | 'config' | 'cgroup' | 'agent'>;

export function cellId(cell: Omit<NamedCell, 'id'>): string {
  return [cell.kernel, cell.config, cell.cgroup, cell.agent].join('+');
}
