import type { FactMap } from '../facts/fact-map.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { Verdict } from '../verdict/verdict.ts';

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
  readonly tests: readonly ComparedTest[];
  readonly environment: Environment;
}

export interface ComparedTest {
  /** `file`, a line feed, `title`. */
  readonly key: string;
  readonly verdict: Verdict;
  readonly signature?: string;
  /** Why it has its verdict, on one line; empty for a pass. */
  readonly why: string;
}

/** What tests ran in; the same object for all cells in which it is the same. */
export interface Environment {
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

export function testKey(file: string, title: string): string {
  return `${file}\n${title}`;
}

/** Stands for crashes of a cell that no test claims: it passes if there are none, and nobody counts it then. */
export const OUTSIDE_TESTS = testKey('outside of tests', 'no crash');

export function splitTestKey(key: string): { readonly file: string; readonly title: string } {
  const end = key.indexOf('\n');
  return { file: key.slice(0, end), title: key.slice(end + 1) };
}
