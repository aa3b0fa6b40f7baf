/**
 * Guests that are alive but get nowhere: the kernel works, and what it has started has given up. A
 * boot that is stuck says so several times; it is one finding, with the first reason given.
 */
import { toLine } from '../../text.ts';
import { createStuckReasons, REASON_WORDS, type ReasonIn } from './stuck-reasons.ts';

export interface StuckBoot {
  readonly title: string;
  readonly place?: string;
}

export interface StuckBoots {
  /** @param writer Who printed the line, if that is known from elsewhere. */
  take(text: string, end: number, writer?: string): StuckBoot | undefined;
  /** The guest boots once more. */
  restart(): void;
}

const IN_SHELL = 'the boot ended in an emergency shell';

/** What a stuck boot says, and what it is called, given a reason. */
interface Sign {
  readonly text: RegExp;
  readonly title: (match: RegExpExecArray) => string;
  /** Where to look for a reason; without it the line says it all. */
  readonly reasonIn?: ReasonIn;
  /** Someone may have asked for such a shell. */
  readonly isShell?: true;
}

const SIGNS: readonly Sign[] = [
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
  {
    text: /^Entering (?:emergency mode|rescue mode)\. Exit the shell/,
    title: () => IN_SHELL,
    reasonIn: 'initramfs',
    isShell: true,
  },
  // systemd, units/emergency.service, src/sulogin-shell
  {
    text: /^(?:You are in emergency mode|Welcome to emergency mode|Cannot open access to console, the root account is locked)/,
    title: () => IN_SHELL,
    reasonIn: 'units',
    isShell: true,
  },
  {
    text: /^(?:\[ {2}OK {2}\] )?(?:Started|Reached target) (?:emergency\.\w+ - )?Emergency (?:Shell|Mode)\.?$/,
    title: () => IN_SHELL,
    reasonIn: 'units',
    isShell: true,
  },
  {
    text: /^(?:Give root password|Press Enter) for maintenance/,
    title: () => IN_SHELL,
    reasonIn: 'units',
    isShell: true,
  },
  // initramfs-tools, scripts/local, scripts/functions: panic
  {
    text: /^ALERT! {1,2}(.{1,128}?)\.? {1,2}Dropping to a shell/,
    title: ([, why = '']) => `${IN_SHELL}: ${why}`,
  },
  {
    text: /^\(initramfs\)/,
    title: () => IN_SHELL,
    reasonIn: 'initramfs',
    isShell: true,
  },
  {
    text: /^Rebooting automatically due to panic= boot argument/,
    title: () => 'the initramfs gave up',
    reasonIn: 'initramfs',
  },
  // mkinitcpio, init_functions: launch_interactive_shell, default_mount_handler
  {
    text: /^(?:You are (?:now )?being dropped (?:in)?to (?:an emergency|a recovery) shell|Bailing out, you are on your own)/,
    title: () => IN_SHELL,
    reasonIn: 'initramfs',
    isShell: true,
  },
  // Alpine's mkinitfs, initramfs-init
  {
    text: /^initramfs emergency recovery shell launched/,
    title: () => IN_SHELL,
    reasonIn: 'initramfs',
    isShell: true,
  },
  // NixOS, stage-1-init.sh: fail
  {
    text: /^An error occurred in stage 1 of the boot process/,
    title: () => IN_SHELL,
    reasonIn: 'initramfs',
    isShell: true,
  },
  // Fedora CoreOS, ignition-ostree's emergency shell
  {
    text: /^Press Enter for emergency shell/,
    title: () => IN_SHELL,
    reasonIn: 'units',
    isShell: true,
  },
  // GRUB, grub-core/kern/rescue_reader.c
  {
    text: /^(?:Entering rescue mode\.\.\.$|grub rescue>)/,
    title: () => 'GRUB found nothing to boot',
    reasonIn: 'loader',
  },
  // busybox, shell/ash.c: what any shell on a console says
  {
    text: /^(?:.{0,16}sh: can't access tty; job control turned off|BusyBox v\S{1,16} .{0,64} built-in shell \(ash\))/,
    title: () => IN_SHELL,
    reasonIn: 'root',
    isShell: true,
  },
];

/** Every line that is looked at contains one of these. */
export const STUCK_WORDS: readonly string[] = [
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
  'Spawning shell within',
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
  'Assertion ',
  'ommand line: ',
  ...REASON_WORDS,
];

/** systemd, src/basic/log.c: log_assert_failed */
const ASSERTION =
  /^Assertion '(.{1,128}?)' failed at (?:\.\.\/){0,4}(?:src\/)?([\w.-]{1,64}(?:\/[\w.-]{1,64}){0,4}:\d{1,6}), function \w+/;
/** Someone wants a shell instead of a boot. */
const ASKED =
  /[Cc]ommand line: (?:.* )?(?:systemd\.unit=(?:emergency|rescue)\S*|emergency|rescue|single|(?:rd\.)?break(?:=\S*)?)(?: |$)|^(?:You are in rescue mode|Spawning shell within the initramfs)/;
/** Who printed a line, where the line says so itself. */
const WRITER =
  /^(?:systemd(?:\[1\])?|dracut-[\w-]{1,24}(?:\[\d{1,8}\])?|systemd-fsck(?:\[\d{1,8}\])?|\/?init): (?=\S)/;

/** Of a user, not of the machine. */
const OTHER_SYSTEMD = /^systemd\[(?!1\])/;

export function createStuckBoots(): StuckBoots {
  const reasons = createStuckReasons();
  let assertion: { readonly what: string; readonly place: string } | undefined;
  let isStuck = false;
  let isAsked = false;

  function take(line: string, end: number, writer = ''): StuckBoot | undefined {
    if (OTHER_SYSTEMD.test(writer)) return undefined;
    const named = writer.startsWith('dracut') ? `dracut: ${line}` : line.replace(WRITER, '');
    const text = named.replace(/^dracut: (?=Warning)/, '');
    reasons.add(text, end);
    const failed = ASSERTION.exec(text);
    if (failed !== null) assertion = { what: failed[1] ?? '', place: failed[2] ?? '' };
    isAsked ||= ASKED.test(text);
    const boot = isStuck ? undefined : find(text, end);
    isStuck ||= boot !== undefined;
    return boot;
  }

  function find(text: string, end: number): StuckBoot | undefined {
    for (const sign of SIGNS) {
      const match = sign.text.exec(text);
      if (match !== null) return sign.isShell && isAsked ? undefined : describe(sign, match, end);
    }
    return undefined;
  }

  function describe(sign: Sign, match: RegExpExecArray, end: number): StuckBoot | undefined {
    const { title, reasonIn } = sign;
    const reason = reasonIn === undefined ? undefined : reasons.find(reasonIn, end);
    // A shell without a reason is what someone works with.
    if (reasonIn === 'root' && reason === undefined) return undefined;
    if (!match[0].includes('<ABRT>') || assertion === undefined) {
      return { title: toLine(withReason(title(match), reason)) };
    }
    const { what, place } = assertion;
    return { title: toLine(`${title(match)}: assertion failed: ${what} at ${place}`), place };
  }

  return {
    take,
    restart() {
      isStuck = false;
      isAsked = false;
      assertion = undefined;
      reasons.clear();
    },
  };
}

/** A reason that says the same at greater length takes the place of what it explains. */
function withReason(title: string, reason: string | undefined): string {
  if (reason === undefined) return title;
  const [, head, what] = /^([^:]+): (.*)$/.exec(title) ?? [];
  if (what === undefined) return `${title}: ${reason}`;
  return reason.startsWith(what) ? `${head}: ${reason}` : `${title} (${reason})`;
}
