/**
 * What a kernel says when it was told to restart the machine; a panic resets it without these.
 * kernel/reboot.c: kernel_restart; drivers/tty/sysrq.c: sysrq_handle_reboot, with its older and its
 * newer prefix.
 */
export const RESTART_WORDS: readonly string[] = [
  'reboot: Restarting system',
  'SysRq : Resetting',
  'sysrq: Resetting',
];
