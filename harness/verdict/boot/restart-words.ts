/**
 * What a kernel prints when it is told to restart the machine; a reset by a panic comes without it.
 * kernel/reboot.c: kernel_restart; drivers/tty/sysrq.c: sysrq_handle_reboot, with its older and its
 * newer prefix; kernel/kexec_core.c: kernel_kexec, which does not start the crash kernel of a panic.
 */
export const RESTART_WORDS: readonly string[] = [
  'reboot: Restarting system',
  'SysRq : Resetting',
  'sysrq: Resetting',
  'kexec_core: Starting new kernel',
  'kexec: Starting new kernel',
];

/** Other words of a kernel before another one begins, on request. */
const KERNEL_WORDS: readonly string[] = [
  // kernel/reboot.c; up to 3.10 without a prefix
  'reboot: machine restart',
  'reboot: Power down',
  'reboot: System halted',
  'Restarting system.',
  // kernel/kexec_core.c, machine_kexec of the architectures
  'Starting new kernel',
  'Starting crashdump kernel',
];

/** What programs say when they have been told to restart or to stop the machine. */
const PROGRAM_WORDS: readonly string[] = [
  // systemd, with the names of units before and after 246
  'systemd-shutdown[1]: ',
  'Reached target Reboot',
  'Reached target System Reboot',
  'Reached target reboot.target',
  'Reached target Power-Off',
  'Reached target System Power Off',
  'Reached target poweroff.target',
  'Reached target Shutdown',
  'Reached target System Shutdown',
  'Reached target shutdown.target',
  'System is rebooting',
  'System is powering down',
  'systemd[1]: Shutting down.',
  // busybox, sysvinit, rsyslog
  'The system is going down',
  'Requesting system reboot',
  'Requesting system poweroff',
  'exiting on signal 15',
];

/** Whoever prints one of these knows that the machine will start over. */
export const ASKED_WORDS: readonly string[] = [...KERNEL_WORDS, ...PROGRAM_WORDS];
