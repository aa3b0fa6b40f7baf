/** What results of containers can say and what they cannot, for people. */
import type { MachineFacts } from '../events.ts';

/** `shares Linux 6.18.44 with this host: …`. */
export function describeSharedKernel({ kernel }: { readonly kernel: string }): string {
  return `shares Linux ${kernel} with this host: results are about this kernel alone, and no kernel panic can be caught`;
}

/** Whether oopses and the like would have been seen. */
export function describeKernelLog({ kernelLogFault: why }: MachineFacts): string {
  return why === undefined
    ? "kernel log of the host read, as far as it names a guest's cgroups or processes; console.log counts the rest"
    : `kernel log of the host not readable (${why}): oopses, hung tasks and OOM kills are not seen`;
}

/** `granted SYS_ADMIN, MKNOD`. */
export function describePrivileges({ privileges = [] }: MachineFacts): string {
  // `SYS_ADMIN: mount the cgroup mode`
  const names = privileges.map((privilege) => privilege.split(':')[0] ?? privilege);
  return names.length === 0 ? 'granted nothing beyond the ordinary' : `granted ${names.join(', ')}`;
}
