import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import type { Compiler } from './compiler.ts';
import type { SourceTree } from './tree/source-tree.ts';

/** Sources with a complete configuration: all that a build depends on, except for how it is done. */
export interface ConfiguredKernel {
  readonly tree: SourceTree;
  readonly compiler: Compiler;
  /** The `.config` that `make olddefconfig` wrote, absolute, in the cache. */
  readonly config: string;
  /** The key in the cache of the configuration of its base. */
  readonly base: string;
  /** `sha256:…` of that file. */
  readonly digest: string;
  /** What is in it. */
  readonly effective: KernelConfig;
  /** By symbol without `CONFIG_`: the requests on top of the base, all of which took or may be absent. */
  readonly requested: ReadonlyMap<string, string>;
  /** For reports: `source linux-source-6.12 6.12.117-1 (trixie), minimal + debug, 2 symbols`. */
  readonly origin: string;
}
