/** The function that a CPU was executing, as registers name it in a report. */

/** Registers of the kernel that hold an instruction's address, from the beginning of a line. */
const REGISTERS = [
  // arch/x86/kernel/process_64.c, dumpstack.c: a code segment of privilege level 0, which ends in
  // `0`, `4`, `8` or `c` under any hypervisor; programs run at level 3.
  'RIP:? +(?:[0-9a-f]{3}[048c]:)?',
  // arch/x86/kernel/process_32.c, up to 4.13 with `is at`; arch/x86/mm/fault.c: show_fault_oops
  'EIP(?::(?: +0060:)?| is at) *',
  'IP: +',
  // arch/arm64/kernel/process.c and arch/arm, up to 4.12 and in all of sh and alpha with `is at`;
  // where the program counter tells nothing, the link register's caller does.
  '(?:PC|LR|pc|ra|ip) is at +',
  '(?:pc|lr) *: +',
  // arch/riscv/kernel/process.c, arch/mips/kernel/process.c, arch/loongarch/kernel/process.c. Since
  // 6.0 a LoongArch prints its `ra` first, with three spaces: that one is not looked at.
  '(?:epc|era|ERA|ra) *: +(?:[0-9a-f]{8,16} +)?',
  // arch/powerpc/kernel/process.c
  String.raw`(?:NIP|LR) +(?:\[[0-9a-f]+\] +)?\.?`,
  // arch/sparc, arch/parisc, arch/arc, arch/m68k, arch/csky
  String.raw`(?:TPC|RPC): <|(?:IAOQ\[0\]|RP\(r2\)|PC): +(?:0x[0-9a-f]+ +\()?|\[(?:ERET|BLINK) *\]: +`,
];
/** Addresses up to 4.9, and a module of 2.6. */
const ADDRESSES = String.raw`(?:\[<[0-9a-f]+>\] *){0,2}(?::\w+:)?`;
/**
 * With an offset, or with the file that scripts/decode_stacktrace.sh puts in its place. What other
 * tools mark as inlined is a part of a function that has a line of its own.
 */
const FUNCTION = String.raw`([A-Za-z_][\w.]*)(?:\+0x[0-9a-f]|\+\d+\/| \((?:\?\?:|(?:\.{0,2}\/)?[\w.-]{1,64}(?:\/[\w.+-]{1,64}){0,24}:(?:\d|\?)))`;
const INSTRUCTION = new RegExp(`^ {0,2}(?:${REGISTERS.join('|')})${ADDRESSES}${FUNCTION}`);
/** arch/s390/kernel/dumpstack.c: show_registers. `User PSW` is a program's. */
const PSW = /^Krnl PSW : [0-9a-f]{16} [0-9a-f]{16} (?:\[<[0-9a-f]+>\] )?\(([A-Za-z_][\w.]*)/;
/** arch/riscv has both registers on one line. */
const RETURN_ADDRESS = /^epc : (?:0x)?[0-9a-f]+ ra : ([A-Za-z_][\w.]*)\+0x/;

/**
 * The function of a program counter in the kernel, as printed but without offset, or of the register
 * with the address to return to, which is printed right after it: that counts if the program counter
 * is in no function, as after a call through a null pointer.
 */
export function readInstruction(message: string): string | undefined {
  const match = INSTRUCTION.exec(message) ?? PSW.exec(message) ?? RETURN_ADDRESS.exec(message);
  return match?.[1];
}
