import type { BootableKernel, KernelImage } from '../kernels/kernel-image.ts';
import type { CgroupMode } from '../matrix/cell.ts';

/** What cases are tried on. */
export interface SelftestHost {
  readonly vms: VmHost | Lack;
  readonly containers: ContainerHost | Lack;
  /** Whether file systems can be mounted in a private namespace. */
  readonly canMount: boolean;
  /** Whether a container engine of one's own can be started. */
  readonly canStartEngine: boolean;
}

/** What virtual machines of this host have. */
export interface VmHost {
  /** Of QEMU. */
  readonly version: string;
  readonly kernel: BootableKernel;
  readonly accelerator: 'kvm' | 'tcg';
  /** Whether a guest with this kernel loads a module that can be broken. */
  readonly hasModule: boolean;
}

/** What containers of this host have. */
export interface ContainerHost {
  readonly kernel: KernelImage;
  readonly cgroup: CgroupMode;
}

/** Why this host has none, in a sentence. */
export interface Lack {
  readonly lacks: string;
}

/** For cases that are not tried without. */
export function available<T extends VmHost | ContainerHost>(part: T | Lack): T {
  if ('lacks' in part) throw new Error(`Expected a host that has it: ${part.lacks}`);
  return part;
}
