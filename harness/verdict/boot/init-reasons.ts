/** Why a kernel found no init to run, or why the one it found ended at once: told some lines before. */
import { toLine } from '../../text.ts';
import { type Finding, makeFinding } from '../finding.ts';
import type { ConsoleMessage } from '../kernel/kernel-message.ts';

export interface InitReasons {
  note(message: ConsoleMessage, end: number): void;
  /** The finding with the reason, if there is one. */
  explain(finding: Finding): Finding;
}

/** Every line that is looked at contains one of these. */
export const INIT_WORDS: readonly string[] = [
  'Failed to execute ',
  "exists but couldn't execute it",
  'nitramfs unpacking failed',
  'image is not initramfs',
  'runaway loop modprobe binfmt-',
  '/init: ',
  'run-init: ',
  'switch_root: ',
  'run-init: ',
  'ing shared librar',
  'Error relocating ',
];

/** Why a kernel found no init to run is printed some lines before it gives up (init/main.c). */
const FAILED_INIT = /^Failed to execute (\S+) \(error -?(\d+)\)/;
const FAILED_FALLBACK = /^Starting init: (\S+) exists but couldn't execute it \(error -?(\d+)\)/;
/** init/initramfs.c: do_populate_rootfs, unpack_to_rootfs */
const FAILED_INITRAMFS =
  /^(?:rootfs image is not initramfs|Initramfs unpacking failed): ?\(?(.+?)\)?$/;
/** With the errors of execve(2) that do not say what they mean. */
const EXEC_ERRORS: Readonly<Record<string, string>> = {
  2: 'ENOENT: it is missing, or what its first bytes name as its interpreter is',
  8: 'ENOEXEC: it is no program that this kernel can run',
  13: 'EACCES: it may not be executed',
};
/** kernel/kmod.c: for a program of another architecture, what could run it would be such a program. */
const NO_BINARY_FORMAT = /^request_module: runaway loop modprobe (binfmt-[0-9a-f]{4})/;
/** What a shell script that is PID 1, or what was to replace it, says before it exits. */
const EXEC_FAILURE = new RegExp(
  `^(?:${[
    String.raw`\/init: (?:exec: )?(?:line )?\d+: .{1,128}: not found`,
    '(?:switch_root|run-init): .{1,160}',
    String.raw`(?:\/?s?bin\/init|\/init): .{0,128}(?:not found|No such file or directory|Exec format error|Permission denied)`,
    // The dynamic loaders of glibc and of musl
    String.raw`\S{1,64}: error while loading shared libraries: .{1,160}`,
    String.raw`Error (?:loading shared library|relocating) \S{1,64}: .{1,160}`,
  ].join('|')})`,
);
/** Programs may say such things at any time: a death comes at once. */
const AFTER_EXEC_BYTES = 8192;
/** A shell's exit status for a program that it could not find or run, or switch_root's for any. */
const SHELL_DEATH = /Attempted to kill init! \(exit status (?:1|126|127)\)$/;

export function createInitReasons(): InitReasons {
  let failed: { readonly path: string; readonly why: string } | undefined;
  let format: string | undefined;
  let shell: { readonly text: string; readonly end: number } | undefined;

  function note({ text, from }: ConsoleMessage, end: number): void {
    if (from !== 'kernel' && EXEC_FAILURE.test(text)) shell = { text: toLine(text), end };
    if (from === 'program') return;
    const initramfs = FAILED_INITRAMFS.exec(text)?.[1];
    if (initramfs !== undefined) failed = { path: 'the initramfs', why: toLine(initramfs) };
    const init = FAILED_INIT.exec(text);
    if (init !== null) failed = { path: init[1] ?? '', why: nameError(init[2]) };
    const fallback = FAILED_FALLBACK.exec(text);
    if (fallback !== null) failed ??= { path: fallback[1] ?? '', why: nameError(fallback[2]) };
    format ??= NO_BINARY_FORMAT.exec(text)?.[1];
  }

  function explain(finding: Finding): Finding {
    const { title, start } = finding;
    if (shell !== undefined && SHELL_DEATH.test(title) && start - shell.end < AFTER_EXEC_BYTES) {
      return makeFinding({ ...finding, title: `${title}: ${shell.text}` });
    }
    const reason = failed ?? (format && { path: format, why: nameError('8') });
    if (finding.class !== 'boot-failure' || !reason) return finding;
    const { path, why } = reason;
    const subject = title.includes(path) ? '' : `: ${path}`;
    return makeFinding({ ...finding, title: `${title}${subject} (${why})` });
  }

  return { note, explain };
}

function nameError(number = ''): string {
  return EXEC_ERRORS[number] ?? `error ${number}`;
}
