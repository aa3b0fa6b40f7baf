/**
 * What a kernel prints when it is told to restart the machine; a reset by a panic comes without it.
 * kernel/reboot.c: kernel_restart; drivers/tty/sysrq.c: sysrq_handle_reboot, with its older and its
 * newer prefix; kernel/kexec_core.c: kernel_kexec, which a panic does not come by.
 */
export const RESTART_WORDS: readonly string[] = [
  'reboot: Restarting system',
  'SysRq : Resetting',
  'sysrq: Resetting',
  'kexec_core: Starting new kernel',
  'kexec: Starting new kernel',
];
