import { expect } from 'chai';
import { createWordSearch } from '../verdict/lines/word-search.ts';
import { createKernelFacts, FACT_WORDS } from './kernel-facts.ts';

function read(...lines: readonly string[]) {
  const facts = createKernelFacts();
  for (const [index, text] of lines.entries()) facts.take(text, index + 1);
  return facts.facts;
}

/** As kernels print them, each on its own. */
const LINES: readonly (readonly [arch: string, line: string])[] = [
  ['x86_64', 'Linux version 3.10.0-1160.el7.x86_64 (mockbuild@example.org) (gcc version 4.8.5) #1'],
  [
    'arm64',
    'Linux version 5.4.0 (a@b) (aarch64-linux-gnu-gcc (Debian 8.3.0) 8.3.0) #1 SMP PREEMPT',
  ],
  ['riscv64', 'Linux version 6.1.0 (a@b) (riscv64-linux-gnu-gcc 12) #1 SMP'],
  ['arm', 'Linux version 4.9.0 (a@b) (gcc version 6 (arm-linux-gnueabihf-gcc) ) #1'],
  ['s390x', 'Linux version 5.14.0-70.13.1.el9_0.s390x (mockbuild@example.org) (gcc 11) #1'],
  ['arm64', 'Booting Linux on physical CPU 0x0000000000 [0x410fd034]'],
  ['arm', 'Booting Linux on physical CPU 0x0'],
  ['x86_64', 'RIP: 0010:do_it+0x1/0x2'],
  ['x86_64', 'RAX: 0000000000000000 RBX: ffff888004d1a010 RCX: 0000000000000000'],
  ['x86', 'EIP: do_it+0x1/0x2'],
  ['x86', 'EAX: 00000000 EBX: c1234567 ECX: 00000000 EDX: 00000000'],
  ['arm64', 'pstate: 60400005 (nZCv daif +PAN -UAO -TCO BTYPE=--)'],
  ['arm', 'PC is at do_it+0x1/0x2'],
  ['riscv64', 'epc : do_it+0x1/0x2 ra : do_more+0x1/0x2'],
  ['s390x', 'Krnl PSW : 0704c00180000000 00000000001b2c3d (do_it+0x1/0x2)'],
  ['ppc64', 'NIP:  c000000000123456 LR: c000000000123450 CTR: 0000000000000000'],
  ['mips', 'epc   : 80123456 do_it+0x1/0x2'],
];

describe("The kernel's facts", () => {
  const findWord = createWordSearch(FACT_WORDS);
  for (const [arch, line] of LINES) {
    it(`take "${line.slice(0, 60)}" for ${arch}`, () => {
      expect(read(line).arch).to.equal(arch);
      expect(findWord(Buffer.from(line), 0)).not.to.equal(-1);
    });
  }

  it('have the release from the banner, or else from a report', () => {
    const comm = 'CPU: 0 PID: 1 Comm: init Tainted: G        W          5.10.0-9-amd64 #1 Debian';
    expect(read(comm).kernel).to.equal('5.10.0-9-amd64');
    const banner = '[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1';
    expect(read(banner, comm).kernel).to.equal('6.1.0');
  });

  it('do not take what else is said about the firmware for the hardware', () => {
    const other = ['DMI: SMBIOS 2.8 present.', 'DMI: Memory slots populated: 1/1'];
    expect(read(...other).machine).to.equal(undefined);
    expect(read(...other, 'DMI: ACME Anvil, BIOS 1.0').machine).to.equal('ACME Anvil, BIOS 1.0');
  });

  it("do not take a banner that a program prints on the kernel's console for a boot", () => {
    const banner = 'Linux version 6.1.0 (a@b) (gcc) #1';
    expect(read(`[    0.000000] ${banner}`, banner).boots).to.deep.equal([1]);
    expect(read(banner, banner).boots).to.deep.equal([1, 2]);
  });

  it('tell the two widths of x86 apart as soon as something does', () => {
    const map = '[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable';
    const zone = '[    0.000000]   DMA32    [mem 0x0000000001000000-0x000000000ffdffff]';
    expect(read(map).arch).to.equal('x86');
    expect(read(map, zone).arch).to.equal('x86_64');
    expect(read(map, 'EIP: do_it+0x1/0x2').arch).to.equal('x86');
    expect(read(zone).arch).to.equal(undefined);
  });
});
