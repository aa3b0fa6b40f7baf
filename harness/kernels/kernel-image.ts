import type { BuildFacts, UnlistedPackage } from '../events.ts';

/** A kernel that a virtual machine can boot. */
export interface BootableKernel extends KernelImage {
  readonly image: string;
}

export function isBootable(kernel: KernelImage): kernel is BootableKernel {
  return kernel.image !== undefined;
}

/** What every provider returns. Paths are absolute; nobody changes the files. */
export interface KernelImage {
  /** As `uname -r` will print it in the guest, for example `6.12.117+deb12-cloud-amd64`. */
  readonly release: string;
  /** bzImage or ELF vmlinux, as QEMU's `-kernel` takes it; absent for the host's own kernel. */
  readonly image?: string;
  /** The file with its configuration, if the provider has it. */
  readonly config?: string;
  /** Whose that is; present if it is. */
  readonly configFrom?: 'package' | 'file' | 'build' | 'host';
  /**
   * `…/lib/modules/<release>`, if the kernel has modules. May lack `modules.dep`: packages leave it
   * to depmod on the machine that they are installed on.
   */
  readonly modules?: string;
  /**
   * `sha256:…` over image, config and the list of modules: kernels with the same digest are the
   * same.
   */
  readonly digest: string;
  /**
   * Where it came from, for reports: `debian linux-image-… 6.12.117-1~deb12u1 (bookworm)`,
   * `path /boot/vmlinuz`.
   */
  readonly origin: string;
  /** Its command line, if it runs already: nobody can boot it with another one. */
  readonly bootedWith?: string;
  /** Its packages that no signature of the archive covers; absent if there are none. */
  readonly unlisted?: readonly UnlistedPackage[];
  /** Absent if others have built it. */
  readonly built?: BuildFacts;
}
