import { expect } from 'chai';
import { createWordSearch } from '../lines/word-search.ts';
import { matchReportStart, REPORT_WORDS } from './kernel-reports.ts';

const NULL_POINTER = 'BUG: kernel NULL pointer dereference';
const PAGE_FAULT = 'BUG: unable to handle page fault';

/** First lines of other architectures, and what the same bug is called on all of them. */
const TITLES: readonly (readonly [line: string, title: string])[] = [
  [
    'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008',
    NULL_POINTER,
  ],
  [
    'Unable to handle kernel NULL pointer dereference at virtual address 00000000 when read',
    NULL_POINTER,
  ],
  ['Unable to handle kernel NULL pointer dereference at virtual address (ptrval)', NULL_POINTER],
  ['Unable to handle kernel paging request at virtual address 00000ffc', NULL_POINTER],
  ['Unable to handle kernel paging request at virtual address 00001000', PAGE_FAULT],
  ['Unable to handle kernel paging request at virtual address dead000000000100', PAGE_FAULT],
  ['Unable to handle kernel paging request for data at address 0x00000000', NULL_POINTER],
  ['Unable to handle kernel paging request for data at address 0x6b6b6b6b6b6b6b7b', PAGE_FAULT],
  ['Unable to handle kernel paging request for instruction fetch', PAGE_FAULT],
  ['Unable to handle kernel pointer dereference in virtual kernel address space', PAGE_FAULT],
  [
    'CPU 1 Unable to handle kernel paging request at virtual address 0000000000000000, era == 9000000000224d5c, ra == 9000000000224e5c',
    NULL_POINTER,
  ],
  ['BUG: Kernel NULL pointer dereference on write at 0x00000000', NULL_POINTER],
  ['BUG: Kernel NULL pointer dereference at 0x00000010', NULL_POINTER],
  ['BUG: Unable to handle kernel data access on read at 0xc00c000000000000', PAGE_FAULT],
  ['BUG: Unable to handle kernel instruction fetch (NULL pointer?)', NULL_POINTER],
  [
    'BUG: Unable to handle unaligned access at 0xc00c000000000001',
    'BUG: unable to handle unaligned access',
  ],
  [
    'Unable to handle kernel read from unreadable memory at virtual address ffff800081a2c000',
    'BUG: unable to handle read from unreadable memory',
  ],
  [
    'Unable to handle kernel access to user memory outside uaccess routines at virtual address 0000aaaad0001000',
    'BUG: unable to handle access to user memory',
  ],
  [
    'Unhandled fault: imprecise external abort (0x1406) at 0x00000000',
    'unhandled fault: imprecise external abort',
  ],
  ['Unhandled fault at 0xffff800081a2c000', 'unhandled fault'],
  ['Internal error: Oops: 96000004 [#1] PREEMPT SMP', 'Oops'],
  ['Internal error: Oops - BUG: 0 [#1] PREEMPT SMP ARM', 'kernel BUG'],
  ['Internal error: Oops - BTI: 0000000034000001 [#1] SMP', 'BTI'],
  [
    'Internal error: SP/PC alignment exception: 000000008a000000 [#1] SMP',
    'SP/PC alignment exception',
  ],
  ['Internal error: : 1406 [#1] PREEMPT ARM', 'Internal error'],
  [
    'Internal error: UBSAN: array index out of bounds: 00000000f2005512 [#1] SMP',
    'UBSAN: array index out of bounds',
  ],
  [
    'Bad mode in Error handler detected on CPU0, code 0xbf000002 -- SError',
    'Bad mode in Error handler',
  ],
  ['Bad mode in data abort handler detected', 'Bad mode in data abort handler'],
  [
    'SError Interrupt on CPU3, code 0x00000000bf000002 -- SError',
    'Kernel panic: Asynchronous SError Interrupt',
  ],
  [
    'Unhandled 64-bit el1h sync exception on CPU0, ESR 0x0000000002000000 -- Unknown/Uncategorized',
    'Kernel panic: Unhandled 64-bit el1h sync exception',
  ],
  ['Insufficient stack space to handle exception!', 'kernel stack overflow'],
  ['Kernel stack overflow.', 'kernel stack overflow'],
  [
    'Kernel stack overflow in process c00000000a5f3900, r1=c00000000a5f0010',
    'kernel stack overflow',
  ],
  ['illegal operation: 0001 ilc:3 [#1] SMP', 'illegal operation'],
  ['Low-address protection: 0004 ilc:2 [#1] SMP', 'Low-address protection'],
  ['Oops: Kernel access of bad area, sig: 11 [#1]', 'Kernel access of bad area'],
  ['Oops: Exception in kernel mode, sig: 4 [#1]', 'Exception in kernel mode'],
  ['Oops - illegal instruction [#1]', 'illegal instruction'],
  ['Kernel BUG [#1]', 'kernel BUG'],
  ['Kernel bug detected[#1]:', 'kernel BUG'],
  ['Oops[#1]:', 'Oops'],
  ['Reserved instruction in kernel code[#1]:', 'Reserved instruction in kernel code'],
  ['do_cpu invoked from kernel context![#1]:', 'do_cpu invoked from kernel context'],
  ['swapper/0(1): Kernel bad trap [#1]', 'Kernel bad trap'],
  ['watchdog: CPU 3 Hard LOCKUP', 'hard LOCKUP'],
  ['watchdog: CPU 1 detected hard LOCKUP on other CPUs 0', 'hard LOCKUP'],
  ['Watchdog CPU:5 Hard LOCKUP', 'hard LOCKUP'],
];

const HARMLESS: readonly string[] = [
  'Unhandled level 2 translation fault is what this line mentions',
  'Internal error handling is enabled',
  'Kernel command line: console=ttyAMA0',
  'Kernel stack overflow detection is enabled',
  'SError Interrupt handling: enabled',
  'Bad mode in the morning',
  'Kernel Offset: 0x1 from 0x2',
  'kvm [1]: Oops - no guest',
  'Unable to handle more than 16 devices',
  'pci 0000:00:01.0: link [#1] is up',
];

describe('a fault on another architecture', () => {
  const find = createWordSearch(REPORT_WORDS);

  for (const [line, title] of TITLES) {
    it(`is called "${title}": ${line}`, () => {
      expect(matchReportStart(line)?.title).to.equal(title);
      expect(find(Buffer.from(line), 0)).to.be.at.least(0);
    });
  }

  for (const line of HARMLESS) {
    it(`is not seen in this line: ${line}`, () => {
      expect(matchReportStart(line)).to.equal(undefined);
    });
  }
});
