/**
 * Registers of a kernel's report that no x86 processor can have. The processor itself has pushed the
 * flags, right before they were printed, or has just been asked for its control registers: if a bit
 * is wrong there, then no software in the guest is at fault, but what executes the guest.
 */

/** Looks at the messages of one report. */
export interface RegisterCheck {
  add(message: string): void;
  /** What is impossible, for people; undefined as long as nothing is. */
  readonly impossible: string | undefined;
}

interface Rule {
  readonly name: string;
  /** Hexadecimal digits are the first group. */
  readonly text: RegExp;
  /** Bits that are always 0 and always 1. */
  readonly zeros: bigint;
  readonly ones: bigint;
}

/**
 * Intel's manual, volume 1, 3.4.3 (flags), volume 3, 2.5 (control registers). Of the control
 * registers only bits that no processor is going to have a use for; a 64-bit kernel runs with
 * protection, paging and PAE.
 */
const RULES: readonly Rule[] = [
  {
    name: 'EFLAGS',
    text: /^RSP: [0-9a-f]{4}:[0-9a-f]+ +EFLAGS: ([0-9a-f]{8,16})(?: |$)/,
    zeros: bits(3, 5, 15, ...range(22, 63)),
    ones: bits(1),
  },
  {
    name: 'CR0',
    text: /^CS: +[0-9a-f]{4} DS: [0-9a-f]{4} ES: [0-9a-f]{4} CR0: ([0-9a-f]{16})$/,
    zeros: bits(...range(6, 15), 17, ...range(19, 28), ...range(32, 63)),
    ones: bits(0, 4, 31),
  },
  {
    name: 'CR4',
    text: /^CR2: [0-9a-f]{16} CR3: [0-9a-f]{16} CR4: ([0-9a-f]{16})$/,
    zeros: bits(15, ...range(33, 63)),
    ones: bits(5),
  },
];

/** Registers at an instruction of the kernel; of a user program they may be what a kernel's bug left. */
const KERNEL_REGISTERS = /^RIP: 0010:/;
const OTHER_REGISTERS = /^RIP: /;

export function createRegisterCheck(): RegisterCheck {
  return new Registers();
}

/** A class, since one is made for each report, of which a log may have thousands. */
class Registers implements RegisterCheck {
  /** Of several sets of registers the first one is that of the fault. */
  #state: 'before' | 'within' | 'after' = 'before';
  #impossible: string | undefined;

  add(message: string): void {
    if (this.#state === 'after' || this.#impossible !== undefined) return;
    if (OTHER_REGISTERS.test(message)) {
      const isFirst = this.#state === 'before' && KERNEL_REGISTERS.test(message);
      this.#state = isFirst ? 'within' : 'after';
    } else if (this.#state === 'within') this.#impossible = findImpossible(message);
  }

  get impossible(): string | undefined {
    return this.#impossible;
  }
}

function findImpossible(message: string): string | undefined {
  for (const { name, text, zeros, ones } of RULES) {
    const digits = text.exec(message)?.[1];
    if (digits === undefined) continue;
    const value = BigInt(`0x${digits}`);
    const wrong = (value & zeros) | (~value & ones);
    if (wrong !== 0n) return `${name} ${digits}, in which ${describeBits(wrong)} wrong`;
  }
  return undefined;
}

function describeBits(value: bigint): string {
  const found = range(0, 63).filter((bit) => (value & (1n << BigInt(bit))) !== 0n);
  return found.length === 1 ? `bit ${found[0]} is` : `bits ${found.join(', ')} are`;
}

function bits(...all: readonly number[]): bigint {
  return all.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
