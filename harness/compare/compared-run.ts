import type { FactMap } from '../facts/fact-map.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { StandingTest } from '../report/standing-results.ts';

/** The part of a run that is compared. */
export interface ComparedRun {
  readonly id: string;
  /** Its folder, as the user named it. */
  readonly folder: string;
  readonly cells: readonly ComparedCell[];
  /** What the run does not know, in sentences. */
  readonly missing: readonly string[];
}

export interface ComparedCell {
  readonly id: string;
  readonly kernel: string;
  readonly config: string;
  readonly cgroup: CgroupMode;
  readonly agent: string;
  readonly machine: string;
  readonly agentKind: string;
  /** See `buildOf`. */
  readonly build?: string;
  readonly tests: readonly ComparedTest[];
  readonly environment: Environment;
}

export type ComparedTest = StandingTest;

/** What tests ran in; the same object for all cells in which it is the same. */
export interface Environment {
  /** The one that was booted: see `buildOf`. */
  readonly kernel: string;
  readonly cgroup: CgroupMode;
  /** As the guest says it, or as its package does where no guest came up. */
  readonly release?: string;
  /** Words of the kernel's command line; absent if no guest came up. */
  readonly bootParameters?: readonly string[];
  /** Absent if no guest with this kernel and these boot parameters came up. */
  readonly facts?: FactMap;
  /** Controllers that the agent is offered in the cell's cgroup mode; absent if none of its guests came up. */
  readonly offered?: ReadonlySet<string>;
  readonly config?: KernelConfig;
  /** Whence the config is, by its digest. */
  readonly configDigest?: string;
  /** Digests of `agent` and `kernel`, and of kmx and what it needs, by name. */
  readonly builds: ReadonlyMap<string, string>;
}
