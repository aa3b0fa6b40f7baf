/**
 * The system calls that containers may not make. Docker's own profile denies pivot_root(2), with which
 * agents give containers their roots, whatever capabilities there are, and it can only be replaced as a
 * whole. Podman's own allows it.
 */

/**
 * What Docker's profile keeps from a container with our capabilities, apart from pivot_root: see
 * https://docs.docker.com/engine/security/seccomp/ and profiles/seccomp/default.json of Moby.
 */
const DENIED = [
  // Keys and time belong to no namespace.
  ...['add_key', 'keyctl', 'request_key'],
  ...['clock_adjtime', 'clock_settime', 'settimeofday', 'stime'],
  // The host's kernel, devices and memory.
  ...['create_module', 'delete_module', 'finit_module', 'init_module', 'query_module'],
  ...['kexec_file_load', 'kexec_load', 'reboot', 'iopl', 'ioperm', 'swapon', 'swapoff'],
  ...['acct', 'get_mempolicy', 'mbind', 'move_pages', 'set_mempolicy', 'open_by_handle_at'],
  ...['userfaultfd', 'nfsservctl'],
  // Obsolete ones.
  ...['_sysctl', 'get_kernel_syms', 'sysfs', 'uselib', 'ustat', 'vm86', 'vm86old'],
] as const;

const EPERM = 1;

/** As the option `seccomp=` of Docker's engine API takes it. */
export function seccompProfile(): string {
  return JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: DENIED, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM }],
  });
}
