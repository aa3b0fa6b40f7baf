/** What a log says about the kernel that wrote it. */
import { toLine } from '../text.ts';

export interface KernelFacts {
  /** The release: `6.12.0-18-amd64`. */
  readonly kernel?: string;
  readonly arch?: string;
  /** What it ran on, in the firmware's or the device tree's words. */
  readonly machine?: string;
  /** Lines that begin a boot: each kernel prints its banner once. */
  readonly boots: readonly number[];
}

export interface KernelFactsReader {
  take(text: string, line: number | undefined): void;
  readonly facts: KernelFacts;
}

/**
 * init/version.c: linux_banner. Only a kernel's own banner counts: what a program prints later is a
 * copy of it, without the time stamp that the kernel's lines have.
 */
const BANNER = /Linux version (\d+\.\d+\S{0,80}) \(/;
const STAMP = /\[ {0,12}\d{1,6}\.\d{6}\]/;
/** lib/dump_stack.c: dump_stack_print_info, and what it was before 3.10. */
const RELEASE_IN_REPORT = /(?:Not tainted|Tainted: [A-Z ]{1,40}?) (\d+\.\d+[^\s,)]{0,80})/;
/**
 * lib/dump_stack.c; drivers/firmware/dmi_scan.c, where newer kernels have the prefix before other lines, too;
 * drivers/of/fdt.c and arch/*: setup_arch.
 */
const MACHINE =
  /(?:Hardware name: |\bDMI: (?!SMBIOS \d|Memory slots )|Machine model: |OF: fdt: Machine model: )(.{1,300})/;

/** In the order of their worth: a compiler's target says more than a register's name. */
const ARCHITECTURES: readonly (readonly [name: string, sign: RegExp])[] = [
  // The compiler of the banner.
  ['arm64', /Linux version .{0,400}\baarch64-/],
  ['arm', /Linux version .{0,400}\barm-[\w-]{0,40}eabi/],
  ['riscv64', /Linux version .{0,400}\briscv64-/],
  ['ppc64le', /Linux version .{0,400}\bpowerpc64le-/],
  ['ppc64', /Linux version .{0,400}\bpowerpc64-/],
  ['s390x', /Linux version .{0,400}\bs390x-/],
  ['loongarch64', /Linux version .{0,400}\bloongarch64-/],
  ['mips', /Linux version .{0,400}\bmips(?:64)?(?:el)?-/],
  ['x86_64', /Linux version .{0,400}\bx86_64-/],
  // The release as distributions name it.
  ['x86_64', /Linux version \S{1,80}[-.](?:amd64|x86_64)\b/],
  ['arm64', /Linux version \S{1,80}[-.](?:arm64|aarch64)\b/],
  ['x86', /Linux version \S{1,80}[-.](?:i[3-6]86|686(?:-pae)?)\b/],
  ['s390x', /Linux version \S{1,80}[-.]s390x\b/],
  ['ppc64le', /Linux version \S{1,80}[-.](?:ppc64le|powerpc64le)\b/],
  ['riscv64', /Linux version \S{1,80}[-.]riscv64\b/],
  // arch/arm64/kernel/setup.c prints the register in brackets, arch/arm does not.
  ['arm64', /Booting Linux on physical CPU 0x[0-9a-f]{1,16} \[0x/],
  ['arm', /Booting Linux on physical CPU 0x|\bCPU: ARMv[4-7]/],
  // What show_regs prints: arch/*/kernel/{process,traps,dumpstack}.c
  ['x86_64', /\bRIP: (?:0010|0033):|\bRAX: [0-9a-f]{16}\b/],
  ['x86', /\bEIP: |\bEAX: [0-9a-f]{8}\b/],
  ['arm64', /\bpstate ?: ?[0-9a-f]{8}|\bx29: ?[0-9a-f]{16}/],
  ['arm', /\bPC is at |\bpsr ?: ?[0-9a-f]{8}/],
  [
    'riscv64',
    /\bepc : ?(?:[0-9a-f]{16}|\S+\+0x)|\bstatus: [0-9a-f]{16} badaddr: |\bSBI specification v/,
  ],
  ['s390x', /\bKrnl (?:PSW|GPRS)\b|\bilc:\d/],
  ['ppc64', /\bNIP:? {1,4}\[?[0-9a-f]{16}\]?|\bGPR00: [0-9a-f]{16}/],
  ['ppc', /\bNIP:? {1,4}\[?[0-9a-f]{8}\]?|\bGPR00: [0-9a-f]{8}\b/],
  ['mips', /\bepc {3}: [0-9a-f]{8}|\$ 0 {3}: [0-9a-f]{8}/],
  ['loongarch64', /\bERA: [0-9a-f]{16}|\bera [0-9a-f]{16}/],
  ['sparc64', /\bTSTATE: [0-9a-f]{16}/],
  // arch/x86/kernel/e820.c; both widths have it.
  ['x86', /BIOS-(?:e820|provided physical RAM map)/],
];
/** A sign that both a 32-bit and a 64-bit kernel give; a later sign may be a better one. */
const VAGUE = ARCHITECTURES.length - 1;
/** mm/page_alloc.c: a zone that only 64-bit kernels have, on several architectures. */
const WIDE = /\bDMA32 +\[mem /;
const X86_64 = ARCHITECTURES.findIndex(([name]) => name === 'x86_64');

/** Each line that says any of this has one of these words. */
export const FACT_WORDS = [
  'Linux version',
  'tainted',
  'Tainted',
  'Hardware name',
  'DMI: ',
  'Machine model',
  'physical CPU',
  'CPU: ARM',
  'RIP: ',
  'RAX: ',
  'EIP: ',
  'EAX: ',
  'pstate',
  'x29: ',
  'PC is at',
  'psr',
  'epc ',
  'badaddr',
  'SBI spec',
  'Krnl ',
  'ilc:',
  'NIP',
  'GPR00',
  '$ 0 ',
  'ERA: ',
  'era ',
  'TSTATE',
  'BIOS-',
  'DMA32',
] as const;

/** There may be more boots than this. */
export const BOOTS_MAX = 1000;
const MACHINE_LENGTH_MAX = 100;

export function createKernelFacts(): KernelFactsReader {
  let kernel: string | undefined;
  let machine: string | undefined;
  let rank = Number.POSITIVE_INFINITY;
  const boots: number[] = [];
  let hasStamps = false;

  function takeBanner(text: string, line: number | undefined): void {
    const release = BANNER.exec(text)?.[1];
    if (release === undefined) return;
    kernel ??= release;
    const isStamped = STAMP.test(text);
    hasStamps ||= isStamped;
    const isKernels = isStamped || !hasStamps;
    if (isKernels && boots.length < BOOTS_MAX) boots.push(line ?? 0);
  }

  return {
    take(text, line) {
      takeBanner(text, line);
      kernel ??= RELEASE_IN_REPORT.exec(text)?.[1];
      const named = machine === undefined ? MACHINE.exec(text)?.[1] : undefined;
      if (named !== undefined) machine = toLine(named, MACHINE_LENGTH_MAX);
      const found = rank <= 0 ? -1 : ARCHITECTURES.findIndex(([, sign]) => sign.test(text));
      // The first sign counts, unless it was a vague one.
      if (rank === VAGUE && WIDE.test(text)) rank = X86_64;
      if (found !== -1 && (rank >= VAGUE || found < rank)) rank = Math.min(rank, found);
    },
    get facts() {
      const arch = ARCHITECTURES[rank]?.[0];
      return {
        ...(kernel === undefined ? {} : { kernel: toLine(kernel) }),
        ...(arch === undefined ? {} : { arch }),
        ...(machine === undefined ? {} : { machine }),
        boots,
      };
    },
  };
}
