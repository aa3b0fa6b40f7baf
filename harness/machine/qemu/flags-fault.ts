/**
 * What QEMU's emulator below version 8 computes wrongly. Flags are computed late: the state of an
 * emulated processor says which instruction set them last, and from what. `cmpxchg8b` and
 * `cmpxchg16b` read that state before the block of code that they are in has brought it up to date
 * (target/i386/tcg/translate.c, case 0x1c7: no gen_update_cc_op before the helper). After a change of
 * CPUs or an interrupt, the operand of an addition may then be or-ed into all of RFLAGS, and an
 * interrupt right after the instruction keeps it there: interrupts on where they must be off, or a
 * double fault. Linux uses cmpxchg16b in the fast paths of its allocator (mm/slub.c) where the
 * processor has it. Inlined, and right, since 8.0.
 */

/** Whether guests can have `cmpxchg16b` without losing their flags. */
export function keepsFlags(version: string): boolean {
  return Number.parseInt(version, 10) >= 8;
}
