import { expect } from 'chai';
import { readInstruction } from './instruction.ts';

/** Each names a function of the kernel, in a form that some kernel or tool prints. */
const OF_PIDS_CHARGE: readonly (readonly [what: string, line: string])[] = [
  ['x86-64', 'RIP: 0010:pids_charge+0x12/0x60'],
  ['x86-64, in a module', 'RIP: 0010:pids_charge+0x12/0x60 [kmx]'],
  ['x86-64 under Xen', 'RIP: e030:pids_charge+0x12/0x60'],
  [
    'x86-64 up to 4.9',
    'RIP: 0010:[<ffffffff8119a3f2>]  [<ffffffff8119a3f2>] pids_charge+0x12/0x60',
  ],
  ['x86-64 up to 4.9 at the end', 'RIP  [<ffffffff8119a3f2>] pids_charge+0x12/0x60'],
  ['x86-64 since 4.10 at the end', 'RIP: pids_charge+0x12/0x60 RSP: ffffc90000213d88'],
  [
    'x86-64 of 2.6 in a module',
    'RIP: 0010:[<ffffffff8821a3f2>]  [<ffffffff8821a3f2>] :kmx:pids_charge+0x12/0x60',
  ],
  ['x86-64, with a file', 'RIP: 0010:pids_charge (kernel/cgroup/pids.c:12)'],
  [
    'x86-64, with an inlined call',
    'RIP: 0010:pids_charge (./include/linux/x.h:3 kernel/cgroup/pids.c:12 (discriminator 3))',
  ],
  ['x86-64, with a file that is not known', 'RIP: 0010:pids_charge (??:?)'],
  ['x86-64, with an offset and a file', 'RIP: 0010:pids_charge+0x12/0x60 kernel/cgroup/pids.c:12'],
  ['a fault up to 4.19', 'IP: [<ffffffff8119a3f2>] pids_charge+0x12/0x60'],
  ['a fault since 4.10', 'IP: pids_charge+0x12/0x60'],
  ['x86-32', 'EIP: pids_charge+0x12/0x60'],
  ['x86-32 up to 4.13', 'EIP is at pids_charge+0x12/0x60'],
  ['x86-32 at the end', 'EIP: [<c1012345>] pids_charge+0x12/0x60 SS:ESP 0068:f5d8fe20'],
  ['x86-32 with a segment', 'EIP: 0060:pids_charge+0x12/0x60'],
  ['arm64', 'pc : pids_charge+0x12/0x60'],
  ['arm64, with a file', 'pc : pids_charge (kernel/cgroup/pids.c:12 (discriminator 1))'],
  ['arm64, the caller', 'lr : pids_charge+0x12/0x60 [kmx]'],
  ['arm and old arm64', 'PC is at pids_charge+0x12/0x60'],
  ['arm, the caller', 'LR is at pids_charge+0x12/0x60'],
  ['riscv', 'epc : pids_charge+0x12/0x60 ra : pids_try_charge+0x8/0x20'],
  ['riscv, the caller', 'epc : 0x0 ra : pids_charge+0x12/0x60'],
  ['riscv, on a line of its own', ' ra : pids_charge+0x12/0x60'],
  ['ppc64', 'NIP [c0000000001a3f20] pids_charge+0x12/0x60'],
  ['ppc64, big endian', 'NIP [c0000000001a3f20] .pids_charge+0x12/0x60'],
  ['ppc64, the caller', 'LR [c0000000001a3f20] pids_charge+0x12/0x60'],
  ['s390', 'Krnl PSW : 0704e00180000000 000000000013d2d8 (pids_charge+0x28/0x40)'],
  [
    's390 in a module',
    'Krnl PSW : 0704c00180000000 000003ff8004c0aa (pids_charge+0x22/0x1000 [kmx])',
  ],
  ['mips', 'epc   : 80123456 pids_charge+0x12/0x60'],
  ['mips64', 'epc   : ffffffff80123456 pids_charge+0x12/0x60'],
  ['mips, the caller', 'ra    : 80123456 pids_charge+0x12/0x60'],
  ['loongarch', 'era   : 9000000000224d5c pids_charge+0x12/0x60'],
  ['loongarch since 6.0', '  ERA: 9000000000224d5c pids_charge+0x12/0x60'],
  ['sparc64', 'TPC: <pids_charge+0x12/0x60>'],
  ['parisc', ' IAOQ[0]: pids_charge+0x12/0x60'],
  ['alpha', 'pc is at pids_charge+0x12/0x60'],
  ['m68k', 'PC: [<0001a3f2>] pids_charge+0x12/0x60'],
  ['csky', 'PC: 0x8001a3f2 (pids_charge+0x12/0x60)'],
];

const OF_NOTHING: readonly (readonly [what: string, line: string])[] = [
  ['a program', 'RIP: 0033:0x47b7a0'],
  ['a program with symbols', 'RIP: 0033:pids_charge+0x12/0x60'],
  ['a 32-bit program', 'RIP: 0023:pids_charge+0x12/0x60'],
  ['a program under Xen', 'RIP: e033:pids_charge+0x12/0x60'],
  ['a null pointer', 'RIP: 0010:0x0'],
  ['a null pointer, at the end', 'RIP: 0x0 RSP: ffffc90000213d88'],
  ['no function', 'RIP: 0010:0xffffffffc0a81000'],
  ['an unreadable instruction', 'Code: Unable to access opcode bytes at RIP 0xffffffffffffffd6.'],
  ['a part of a function', 'RIP: 0010:__read_once_size include/linux/compiler.h:188 [inline]'],
  [
    'a part of a function on arm64',
    'pc : arch_static_branch arch/arm64/include/asm/jump_label.h:21 [inline]',
  ],
  ['registers on arm64', 'pc : 0000000000000000'],
  ['registers on arm', 'pc : [<c0112f94>]    lr : [<c0112f90>]    psr: 60000013'],
  ['registers on ppc64', 'NIP:  c0000000001a3f20 LR: c0000000001a3f10 CTR: c000000000b7c3e0'],
  ['registers on x86-32', 'EIP: 0060:[<c1012345>] EFLAGS: 00010246 CPU: 0'],
  ['registers on x86-32 of 2.6', 'EIP:    0060:[<c0101234>]    Not tainted VLI'],
  [
    'registers on sparc64',
    'TSTATE: 0000004411001606 TPC: 00000000004cd2f8 TNPC: 00000000004cd2fc Y: 00000000    Not tainted',
  ],
  ['a program on s390', 'User PSW : 0705000180000000 000003ff8f2a1b2c (pids_charge+0x1/0x2)'],
  ['a null pointer on s390', 'Krnl PSW : 0704e00180000000 0000000000000000 (0x0)'],
  ['a return address before what failed', '   ra: 9000000000205a28 pids_charge+0x12/0x60'],
  ['an address', 'IP: 192.168.0.1+0x1'],
  ['words of a program', 'pc : all is well (today)'],
];

describe('an instruction', () => {
  for (const [what, line] of OF_PIDS_CHARGE) {
    it(`of ${what} is in pids_charge: ${line}`, () => {
      expect(readInstruction(line)).to.equal('pids_charge');
    });
  }

  for (const [what, line] of OF_NOTHING) {
    it(`of ${what} is in no function of the kernel: ${line}`, () => {
      expect(readInstruction(line)).to.equal(undefined);
    });
  }
});
