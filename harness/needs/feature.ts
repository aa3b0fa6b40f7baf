/**
 * Something that a kernel offers to agents, and what it takes for that: `v1/cpuset` is the v1 hierarchy of
 * cpuset. The data is in `needs/features.yaml`.
 */
export interface Feature {
  /** The fact by which a guest shows it, as in `FactMap`: `v1/cpuset`, `v2-file/memory.peak`. */
  readonly fact: string;
  /** Any of these, in kernels of its versions, is needed. All of them must hold in a kernel's version. */
  readonly symbols: readonly SymbolNeed[];
  /** First version that has it: `5.14`. */
  readonly since?: string;
  /** First version that lacks it. */
  readonly until?: string;
  /** Boot parameters that take it away. */
  readonly removedBy: readonly BootParameterRule[];
}

/** A Kconfig symbol that must have one of the values in kernels from `since` to before `until`. */
export interface SymbolNeed {
  readonly symbol: string;
  readonly values: readonly string[];
  readonly since?: string;
  readonly until?: string;
  /** What happened to it then, for people: `split from CPUSETS`. */
  readonly note?: string;
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
      readonly state: string;
      readonly note?: string;
    }
  | { readonly kind: 'boot-parameter'; readonly parameter: string }
  | { readonly kind: 'version'; readonly since?: string; readonly until?: string };
