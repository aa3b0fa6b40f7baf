import type { BuildFacts, UnlistedPackage } from '../events.ts';

/** A kernel that a virtual machine can boot. */
export interface BootableKernel extends KernelImage {
  readonly image: string;
}

export function isBootable(kernel: KernelImage): kernel is BootableKernel {
  return kernel.image !== undefined;
}

/** What a kernel was made from, exactly: a lock file records it, and a provider can be told to use it. */
export interface KernelPin {
  /** Packages of an archive, from which the kernel or its sources were taken. */
  readonly debian?: PinnedPackages;
  /**
   * Everything else by name, one line each: `tree: sha256:…`, `compiler: gcc (Debian 12.2.0-14) 12.2.0`.
   * The same inputs make the same kernel.
   */
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface PinnedPackages {
  /** The one that was asked for; its files may be in packages that it depends on. */
  readonly package: string;
  readonly version: string;
  readonly suite: string;
  readonly files: readonly PinnedPackageFile[];
}

export interface PinnedPackageFile {
  readonly package: string;
  /** Its path below the archive's root. */
  readonly file: string;
  /** Hexadecimal digits. */
  readonly sha256: string;
  /** The archive's signed list did not have it. */
  readonly unlisted?: true;
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
  /** Absent where the files themselves are all that there is to say. */
  readonly pin?: KernelPin;
  /** Its packages that no signature of the archive covers; absent if there are none. */
  readonly unlisted?: readonly UnlistedPackage[];
  /** Absent if others have built it. */
  readonly built?: BuildFacts;
}
