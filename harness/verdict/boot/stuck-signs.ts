/** What says that a boot is stuck: managers of the system, scripts of an initramfs, boot loaders, shells. */
import type { ReasonIn } from './stuck-reasons.ts';

const IN_SHELL = 'the boot ended in an emergency shell';

/** What a stuck boot says, and what it is called, given a reason. */
export interface StuckSign {
  readonly text: RegExp;
  readonly title: (match: RegExpExecArray) => string;
  /** Where to look for a reason; without it the line says it all. */
  readonly reasonIn?: ReasonIn;
  /** Someone may have asked for such a shell. */
  readonly isShell?: true;
}

/** The prompt of an emergency shell, or a line right before it. */
function shell(text: RegExp, reasonIn: ReasonIn): StuckSign {
  return { text, title: () => IN_SHELL, reasonIn, isShell: true };
}

export const STUCK_SIGNS: readonly StuckSign[] = [
  // systemd, src/core/crash-handler.c, src/core/main.c: freeze_or_exit_or_reboot
  {
    text: /^(?:\[!!!!!!\] )?Caught <([A-Z]{3,6})>(?:,| from )/,
    title: ([, signal = '']) => `systemd crashed with SIG${signal} and froze`,
  },
  {
    text: /^\[!!!!!!\] (Failed to .{1,160}?)(?:, freezing)?\.?$/,
    title: ([, what = '']) => `systemd froze: ${what}`,
    reasonIn: 'units',
  },
  { text: /^Freezing execution/, title: () => 'systemd froze', reasonIn: 'units' },
  // dracut, modules.d/*base/dracut-lib.sh: die, emergency_shell
  { text: /^dracut: FATAL: (.{1,160})/, title: ([, why = '']) => `dracut gave up: ${why}` },
  { text: /^dracut: Refusing to continue/, title: () => 'dracut gave up', reasonIn: 'initramfs' },
  shell(/^Entering (?:emergency mode|rescue mode)\. Exit the shell/, 'initramfs'),
  // systemd, units/emergency.service, src/sulogin-shell
  shell(
    /^(?:You are in emergency mode|Welcome to emergency mode|Cannot open access to console, the root account is locked)/,
    'units',
  ),
  shell(
    /^(?:\[ {2}OK {2}\] )?(?:Started|Reached target) (?:emergency\.\w+ - )?Emergency (?:Shell|Mode)\.?$/,
    'units',
  ),
  shell(/^(?:Give root password|Press Enter) for maintenance/, 'units'),
  // initramfs-tools, scripts/local, scripts/functions: panic
  {
    text: /^ALERT! {1,2}(.{1,128}?)\.? {1,2}Dropping to a shell/,
    title: ([, why = '']) => `${IN_SHELL}: ${why}`,
  },
  shell(/^\(initramfs\)/, 'initramfs'),
  {
    text: /^Rebooting automatically due to panic= boot argument/,
    title: () => 'the initramfs gave up',
    reasonIn: 'initramfs',
  },
  // mkinitcpio, init_functions: launch_interactive_shell, default_mount_handler
  shell(
    /^(?:You are (?:now )?being dropped (?:in)?to (?:an emergency|a recovery) shell|Bailing out, you are on your own)/,
    'initramfs',
  ),
  // Alpine's mkinitfs, initramfs-init
  shell(/^initramfs emergency recovery shell launched/, 'initramfs'),
  // NixOS, stage-1-init.sh: fail
  shell(/^An error occurred in stage 1 of the boot process/, 'initramfs'),
  // Fedora CoreOS, ignition-ostree's emergency shell
  shell(/^Press Enter for emergency shell/, 'units'),
  // GRUB, grub-core/kern/rescue_reader.c
  {
    text: /^(?:Entering rescue mode\.\.\.$|grub rescue>)/,
    title: () => 'GRUB found nothing to boot',
    reasonIn: 'loader',
  },
  // busybox, shell/ash.c: what any shell on a console says
  shell(
    /^(?:.{0,16}sh: can't access tty; job control turned off|BusyBox v\S{1,16} .{0,64} built-in shell \(ash\))/,
    'root',
  ),
];

/** Each sign contains one of these. */
export const SIGN_WORDS: readonly string[] = [
  'Caught <',
  '[!!!!!!] ',
  'Freezing execution',
  'FATAL: ',
  'Refusing to continue',
  'emergency mode',
  'rescue mode',
  'grub rescue>',
  'stage 1 of the boot',
  'emergency shell',
  'account is locked',
  'Emergency ',
  'for maintenance',
  'ALERT! ',
  '(initramfs)',
  'panic= boot argument',
  'being dropped ',
  'Bailing out, ',
  'recovery shell',
  'job control turned off',
  'built-in shell (ash)',
];
