/** Guests that start over although nobody was seen to ask for it, nor a kernel to die. */
import type { ConsoleMessage } from '../kernel/kernel-message.ts';
import type { UnwrappedLine } from '../lines/unwrap-line.ts';
import { ASKED_WORDS, RESTART_WORDS } from './restart-words.ts';

/** Only what captures a serial console sees a machine start over: a `tag` is of its own logger. */
export type StartedLine = Pick<UnwrappedLine, 'start' | 'end' | 'tag'>;

export interface Reboots {
  /** Whether this line shows that the guest begins to boot, and that nothing explains it. */
  take(message: ConsoleMessage, line: StartedLine): 'boot' | 'unexpected' | undefined;
  /** To be told of every line. */
  /** @param line All of the line, with its stamp. */
  noteWriter(from: ConsoleMessage['from'], line: string): void;
  /** The kernel died: that the guest starts over is no news. */
  notePanic(): void;
  /** Whether a kernel's first words have been seen since the guest started. */
  readonly hasBegun: boolean;
}

const KERNEL_BANNER = /^Linux version /;
const BANNER_WORDS = 'Linux version ';
/** Later than any kernel's banner: some lines are stamped before it. */
const LATE = /^(?:<\d{1,3}>)?\[ *[1-9]\d{0,8}\.\d/;
/** The first words of firmware, boot loaders and decompressors; SeaBIOS ends a line of the kernel. */
const FIRMWARE = new RegExp(
  [
    String.raw`SeaBIOS \(version \S{1,64}\)\s*$`,
    String.raw`^iPXE (?:\(https?://ipxe\.org\)|\d\S* -- Open Source)`,
    String.raw`^Booting from (?:Hard Disk|DVD/CD|Floppy|ROM)\b`,
    // EDK II, MdeModulePkg/Universal/BdsDxe; OVMF's banner; drivers/firmware/efi/libstub
    '^BdsDxe: (?:loading|starting|failed to load) Boot',
    String.raw`^UEFI firmware \(version `,
    '^EFI stub: Booting Linux',
    String.raw`^U-Boot (?:SPL |TPL )?20\d\d\.\d\d`,
    String.raw`^OpenSBI v\d`,
    String.raw`^(?:\[\w+ *\] {1,2})?coreboot-\S{1,64} .{0,80} (?:boot|rom)\w* starting`,
    String.raw`^NOTICE: {1,2}BL(?:1|2|31): v\d`,
    String.raw`^SLOF \*{10}`,
    String.raw`^(?:Welcome to GRUB!|GRUB loading\b| {0,40}GNU GRUB  version \d)`,
    '^early console in (?:extract|decompress)_kernel',
  ].join('|'),
);
/** A fault, a panic, the end of a report. */
const PANIC = /^Kernel panic - /;
const FAULT = /\[#\d+\]|^---\[ end trace /;
/** journalctl, between the boots that it shows; before systemd 246 the second form. */
const JOURNAL_BOOT = /^-- (?:Boot [0-9a-f]{32}|Reboot) --$/;
/** A crash kernel, or a reset, comes at once after the fault that it is for. */
const AFTER_FAULT_BYTES = 32_768;

/** Every line that is looked at contains one of these. */
export const REBOOT_WORDS: readonly string[] = [
  'Linux version ',
  'SeaBIOS (version ',
  'iPXE (http',
  ' -- Open Source Network',
  'Booting from ',
  'BdsDxe: ',
  'UEFI firmware (',
  'EFI stub: Booting',
  'U-Boot ',
  'OpenSBI v',
  'coreboot-',
  'NOTICE:  BL',
  'NOTICE: BL',
  'SLOF ****',
  'to GRUB!',
  'GRUB loading',
  'GNU GRUB ',
  'early console in ',
  '---[ end trace ',
  '-- Boot ',
  '-- Reboot --',
  ...RESTART_WORDS,
  ...ASKED_WORDS,
];

const HEX_DIGITS = [...'0123456789abcdef'];

/** What explains a reboot, in the kernel's reports; some architectures have no number before the count. */
export const FAULT_WORDS: readonly string[] = [
  'Kernel panic - ',
  'Oops[#',
  'Oops [#',
  ...HEX_DIGITS.flatMap((digit) =>
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => `${digit} [#${count}`),
  ),
];

export function createReboots(): Reboots {
  /** How far the guest got since it started, and whether it was seen to end. */
  let life: 'none' | 'kernel' | 'ended' = 'none';
  /** The kernel has stamped a line: it may have begun before the first byte of the log. */
  let hasSpoken = false;
  /** It had, and some time before. */
  let wasUp = false;
  /** Whether the last banner had a stamp; else the next may be its copy in a log that a program shows. */
  let isStamped = false;
  let faultEnd = Number.NEGATIVE_INFINITY;

  function take({ text, from }: ConsoleMessage, { start, end, tag }: StartedLine) {
    const isAlive = life === 'kernel' || (life === 'none' && hasSpoken);
    if (from !== 'program' && FAULT.test(text)) faultEnd = end;
    // Without time stamps it may be a program that prints /proc/version.
    const isBanner = KERNEL_BANNER.test(text) && (from === 'kernel' || life === 'none');
    const isFirmware = !isBanner && isAlive && FIRMWARE.test(text);
    // A logger of the system itself has every boot in one file, however the one before ended.
    const isLogged = tag === 'kernel';
    const wasBooted = life === 'kernel' ? isStamped : life === 'none' && wasUp && from === 'kernel';
    const isAgain = isBanner ? wasBooted && !isLogged : isFirmware;
    if (isBanner) {
      life = 'kernel';
      isStamped = from === 'kernel';
    } else if (isFirmware || isEnd(text, from)) life = 'ended';
    if (isAgain && start - faultEnd > AFTER_FAULT_BYTES) return 'unexpected';
    return isBanner || isFirmware ? 'boot' : undefined;
  }

  return {
    take,
    noteWriter(from, line) {
      if (hasSpoken || from !== 'kernel') return;
      hasSpoken = true;
      // A clock that firmware has started before is late from the banner on.
      wasUp = LATE.test(line) && !line.includes(BANNER_WORDS);
    },
    notePanic() {
      life = 'ended';
    },
    get hasBegun() {
      return life !== 'none';
    },
  };
}

/** Whether this is a kernel's death, or the machine was told to start over or to stop. */
function isEnd(text: string, from: ConsoleMessage['from']): boolean {
  if (JOURNAL_BOOT.test(text)) return true;
  if (from !== 'program' && PANIC.test(text)) return true;
  if (from !== 'program' && RESTART_WORDS.some((words) => text.startsWith(words))) return true;
  return ASKED_WORDS.some((words) => text.includes(words));
}
