/** What every provider ends in. Paths are absolute and read-only for everybody else. */
export interface KernelImage {
  /** As `uname -r` will say in the guest, for example `6.12.117+deb12-cloud-amd64`. */
  readonly release: string;
  /** bzImage or ELF vmlinux, as QEMU's `-kernel` takes it. */
  readonly image: string;
  /** The kernel's own `.config`, where the provider has it. */
  readonly config?: string;
  /**
   * `…/lib/modules/<release>`, where the kernel has modules. May lack `modules.dep`: packages leave
   * it to depmod on the machine that they are installed on.
   */
  readonly modules?: string;
  /** `sha256:…` over image, config and the list of modules: two kernels are the same if this is. */
  readonly digest: string;
  /**
   * Where it came from, for reports: `debian linux-image-… 6.12.117-1~deb12u1 (bookworm)`,
   * `path /boot/vmlinuz`.
   */
  readonly origin: string;
}
