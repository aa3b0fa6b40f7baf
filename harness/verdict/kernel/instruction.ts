/** The function that a CPU was executing, as registers name it in a report. */
import { keepCause } from './kernel-frames.ts';

/** `RIP: 0010:` is an instruction of the kernel (`e030:` of one under Xen), `0033:` a program's. */
const RIP = /^RIP: (?:0010|e030):(?:\[<[0-9a-f]+>\] *)*([A-Za-z_][\w.]*)\+0x/;
/** The function of a program counter in the kernel, without offset and compiler suffix. */
export function findInstruction(message: string): string | undefined {
  return keepCause(RIP.exec(message)?.[1]);
}
