import type { Opened, Sender } from './opened.ts';
import { KATA, RELAYS } from './relays.ts';

const TAG = /^([A-Za-z_(][\w./@+()%:-]{0,127}\[\d{1,10}\]): ?/;
/**
 * The kernel's own words about a program begin with its name and pid, too: arch/x86/mm/fault.c,
 * arch/arm64/kernel/traps.c, arch/riscv/kernel/traps.c, arch/powerpc/kernel/traps.c,
 * arch/x86/entry/vsyscall/vsyscall_64.c, arch/x86/kernel/signal.c and their like.
 */
const ABOUT_PROGRAM =
  /^(?:segfault |unhandled |undefined instruction|bad frame |bad sigreturn |vsyscall |trap |bus error|illegal instruction|floating point|potentially unexpected fatal signal)/;
const RELAY = new RegExp(`${RELAYS}|console|^${KATA}`);

/**
 * Behind the tag of a program that logs to syslog or /dev/kmsg, `name[pid]: `. The kernel has no
 * such tags, except where it talks about a program.
 */
export function openTag(text: string): Opened | undefined {
  const match = TAG.exec(text);
  if (match === null) return undefined;
  const rest = text.slice(match[0].length);
  return ABOUT_PROGRAM.test(rest) ? undefined : { text: rest, sender: programOf(match[1] ?? '') };
}

/** @param writer A program's name, perhaps with its pid. */
export function programOf(writer: string): Sender {
  return RELAY.test(writer) ? { writer, channel: writer } : { writer, tag: 'program' };
}
