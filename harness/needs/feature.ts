import type { CgroupMode } from '../matrix/cell.ts';

/**
 * Something that a kernel offers to agents, and what it takes for that: `v1/cpuset` is the v1 hierarchy of
 * cpuset. The data is in `needs/features.yaml`.
 */
export interface Feature {
  /**
   * The fact by which a guest shows it, as in `FactMap`: `v1/cpuset`, `v2-file/memory.peak`. A few have no
   * such fact, because no guest tries them: `v2-devices`.
   */
  readonly fact: string;
  /** What it is, for people: `the cpuset controller on cgroup v1`. */
  readonly title?: string;
  /** All of them must hold in kernels of their versions. */
  readonly symbols: readonly SymbolNeed[];
  /** First version that has it: `5.14`. */
  readonly since?: string;
  /** First version that lacks it. */
  readonly until?: string;
  /** Boot parameters that take it away. */
  readonly removedBy: readonly BootParameterRule[];
  /** Other features that it cannot do without: `v2-file/memory.peak` requires `v2/memory`. */
  readonly requires: readonly string[];
  /** Where scenarios ask for it, and what they are skipped for. */
  readonly skips?: Skips;
}

/** Tests that are skipped in guests without a feature: they say so by `requires`. */
export interface Skips {
  readonly cgroups: readonly CgroupMode[];
  /** Patterns of tests, as in expectations. */
  readonly tests: readonly string[];
}

/** By fact. */
export type Features = ReadonlyMap<string, Feature>;

/** A Kconfig symbol that must have one of the values in kernels from `since` to before `until`. */
export interface SymbolNeed {
  readonly symbol: string;
  /** `n` stands for off, and for a symbol that the kernel does not have. */
  readonly values: readonly string[];
  /** In place of values: its value is a list in quotation marks, which must have this word. */
  readonly lists?: string;
  readonly since?: string;
  readonly until?: string;
  /** What happened to it then, for people: `split from CPUSETS`. */
  readonly note?: string;
  /** A boot parameter that does without it: `psi=1` does without PSI_DEFAULT_DISABLED=n. */
  readonly unless?: BootParameterRule;
}

/** `cgroup_disable=cpuset`, `cgroup_no_v1=all`: the parameter's name, and the words of its list. */
export interface BootParameterRule {
  readonly name: string;
  readonly words: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

/** Why a fact is as it is, from a kernel's configuration, version and command line. */
export type Cause =
  | {
      readonly kind: 'symbol';
      readonly symbol: string;
      /** As `describeState` words it; `not known` where the kernel's configuration is not known. */
      readonly state: string;
      /** Any of these would do; `n` is off. `…,bpf`: a list with this word in it. */
      readonly wanted: readonly string[];
      readonly note?: string;
    }
  | {
      readonly kind: 'boot-parameter';
      /** The one word of its list that takes the feature away: `cgroup_disable=cpuset`. */
      readonly parameter: string;
    }
  | { readonly kind: 'version'; readonly since?: string; readonly until?: string };
