/**
 * Guests that get nowhere, where the kernel's own words come too early or not at all: in the
 * firmware, in the kernel's decompressor, in the project's init. Also guests that start over.
 */
import { toLine, toPrintable } from '../../text.ts';
import { type Finding, makeFinding } from '../finding.ts';
import type { ConsoleMessage } from '../kernel/kernel-message.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { RESTART_WORDS } from './restart-words.ts';

export interface BootFailures {
  /** Whether every line may matter: the first ones do. */
  readonly isOpen: boolean;
  take(message: ConsoleMessage, line: OutputLine): readonly Finding[];
  /** A finding of no init to run, with the reason that was given before it. */
  explain(finding: Finding): Finding;
  /** The kernel died: that the guest starts over is no news. */
  notePanic(): void;
}

/** Every line that is looked at contains one of these. */
export const BOOT_WORDS: readonly string[] = [
  'Failed to execute ',
  'nitramfs unpacking failed',
  'init: fatal: ',
  '-- System halted',
  'No bootable device',
  'Linux version ',
  ...RESTART_WORDS,
];

/** Why a kernel found no init to run is printed some lines before it gives up (init/main.c). */
const FAILED_INIT = /^Failed to execute (\S+) \(error -?(\d+)\)/;
/** init/initramfs.c: do_populate_rootfs, unpack_to_rootfs */
const FAILED_INITRAMFS =
  /^(?:rootfs image is not initramfs|Initramfs unpacking failed): ?\(?(.+?)\)?$/;
/** With the errors of execve(2) that do not say what they mean. */
const EXEC_ERRORS: Readonly<Record<string, string>> = {
  2: 'ENOENT: it is missing, or what its first bytes name as its interpreter is',
  8: 'ENOEXEC: it is no program that this kernel can run',
  13: 'EACCES: it may not be executed',
};
/** Last words of the project's own init, before it powers the guest off. */
const INIT_GAVE_UP = /^init: fatal: (.+)/;
/** arch/x86/boot/compressed/error.c: printed after the reason, which has a line of its own. */
const DECOMPRESSOR_HALTED = /^ ?-- System halted/;
/** What comes before the kernel's own words is short. */
const EARLY_LINES_MAX = 64;
/** SeaBIOS, src/boot.c */
const NO_BOOT_DEVICE = /No bootable device\./;
const KERNEL_BANNER = /^Linux version /;

export function createBootFailures(): BootFailures {
  let failedInit: { readonly path: string; readonly why: string } | undefined;
  let earlyLines = 0;
  let lastEarly: OutputLine | undefined;
  /** How far the guest got since it started, and whether it was seen to end. */
  let life: 'none' | 'kernel' | 'ended' = 'none';

  function take({ text, from }: ConsoleMessage, line: OutputLine): readonly Finding[] {
    noteReason(text, from);
    earlyLines += 1;
    return [
      ...(from === 'either' && life === 'none' ? takeEarly(text, line) : []),
      ...takeRestart(text, from, line),
      ...(from === 'kernel' ? [] : takeLastWords(text, line)),
    ];
  }

  function noteReason(text: string, from: ConsoleMessage['from']): void {
    if (from === 'program') return;
    const initramfs = FAILED_INITRAMFS.exec(text)?.[1];
    if (initramfs !== undefined) failedInit = { path: 'the initramfs', why: toLine(initramfs) };
    const failed = FAILED_INIT.exec(text);
    if (failed !== null) failedInit = { path: failed[1] ?? '', why: nameError(failed[2]) };
  }

  function takeLastWords(text: string, line: OutputLine): readonly Finding[] {
    const reason = INIT_GAVE_UP.exec(text)?.[1];
    if (reason === undefined) return [];
    return [{ ...findingOf(`init gave up: ${toLine(reason)}`, line, text), source: 'init' }];
  }

  /** Before the kernel's own first words. */
  function takeEarly(text: string, line: OutputLine): readonly Finding[] {
    if (DECOMPRESSOR_HALTED.test(text)) {
      const { text: reason = '', start = line.start } = lastEarly ?? {};
      const why = toLine(reason.replace(/^.*Decompressing Linux\.\.\. */, ''));
      const title = `kernel decompression failed${why === '' ? '' : `: ${why}`}`;
      return [findingOf(title, { ...line, start }, `${reason}\n${text}`.trim())];
    }
    if (text.trim() !== '') lastEarly = { ...line, text };
    if (!NO_BOOT_DEVICE.test(text)) return [];
    return [findingOf('firmware: no bootable device', line, text)];
  }

  /**
   * One finding for each restart that no death was seen before. A requested restart, by reboot(2)
   * or sysrq, is not a death of the kernel: how the machine ended tells that.
   */
  function takeRestart(
    text: string,
    from: ConsoleMessage['from'],
    line: OutputLine,
  ): readonly Finding[] {
    // Without time stamps it may be a program that prints /proc/version.
    const isBanner = KERNEL_BANNER.test(text) && (from === 'kernel' || life === 'none');
    const isAsked = from !== 'program' && RESTART_WORDS.some((words) => text.startsWith(words));
    const isAgain = life === 'kernel' && isBanner;
    if (isBanner) life = 'kernel';
    else if (isAsked) life = 'ended';
    if (!isAgain) return [];
    const title = 'unexpected reboot: the guest began to boot once more';
    return [findingOf(title, line, text, 'kernel-panic')];
  }

  return {
    get isOpen() {
      return life === 'none' && earlyLines < EARLY_LINES_MAX;
    },
    take,
    explain(finding) {
      if (finding.class !== 'boot-failure' || failedInit === undefined) return finding;
      const { path, why } = failedInit;
      const subject = finding.title.includes(path) ? '' : `: ${path}`;
      return makeFinding({ ...finding, title: `${finding.title}${subject} (${why})` });
    },
    notePanic() {
      life = 'ended';
    },
  };
}

function findingOf(
  title: string,
  { start, end }: OutputLine,
  text: string,
  kind: Finding['class'] = 'boot-failure',
): Finding {
  const excerpt = toPrintable(text);
  return makeFinding({ class: kind, title, source: 'console', start, end, excerpt });
}

function nameError(number = ''): string {
  return EXEC_ERRORS[number] ?? `error ${number}`;
}
