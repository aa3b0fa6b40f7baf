/**
 * First lines of accesses to memory that failed, on architectures other than x86. The same bug is
 * called the same everywhere, so titles are those of x86 (fault-patterns.ts).
 */
import { DIE, type IndexedPattern } from './report-start.ts';

const NULL_POINTER = 'BUG: kernel NULL pointer dereference';
const PAGE_FAULT = 'BUG: unable to handle page fault';

/** Up to 5.1 most architectures called any address bad; x86 calls those of the first page null. */
const IN_FIRST_PAGE = /(?: at|address) (?:0x)?0{0,13}[0-9a-f]{1,3}(?!\w)/;
/** arch/s390/mm/fault.c: dump_fault_info; the address has a line of its own. */
const FAILING_ADDRESS = /^(?:Failing|Fault) address: ([0-9a-f]{16})/;
/** What arm64 and riscv know about an access (die_kernel_fault in their mm/fault.c). */
const FORBIDDEN = new RegExp(
  [
    'read from unreadable memory|write to read-only memory|execute from non-executable memory',
    'access to user memory|execution of user memory|unaligned access',
  ].join('|'),
);

export const BAD_ACCESS_PATTERNS: readonly IndexedPattern[] = [
  // arch/s390/mm/fault.c
  {
    words: ['Unable to handle kernel p'],
    text: /^Unable to handle kernel (?:pointer dereference|paging request) in virtual /,
    title: () => PAGE_FAULT,
    placeIn: 'instruction',
    follow: [DIE],
    retitle: (message) => {
      const address = FAILING_ADDRESS.exec(message)?.[1];
      return address?.startsWith('0000000000000') ? NULL_POINTER : undefined;
    },
  },
  // mm/fault.c of arm, arm64, riscv, powerpc, mips (with its processor), loongarch, sparc, …
  {
    words: ['Unable to handle ', 'Kernel NULL pointer '],
    text: /^(?:CPU \d+ )?(?:BUG: )?(?:Unable to handle (?:kernel|unaligned|unknown) |Kernel NULL pointer )/,
    title: ({ input }) => titleOf(input.slice(0, 256)),
    placeIn: 'instruction',
    follow: [DIE],
  },
  // arch/arm/mm/fault.c, arch/arm64/mm/fault.c; later versions of arm64 give the address only.
  {
    words: ['Unhandled fault', 'Unhandled prefetch abort'],
    text: /^Unhandled (?:fault|prefetch abort)(?:: ([^(]{1,64}) \(| at 0x)/,
    title: ([, why = '']) => (why === '' ? 'unhandled fault' : `unhandled fault: ${why}`),
    placeIn: 'instruction',
    follow: [DIE],
  },
];

function titleOf(message: string): string {
  if (/NULL pointer/.test(message) || IN_FIRST_PAGE.test(message)) return NULL_POINTER;
  const what = FORBIDDEN.exec(message)?.[0];
  return what === undefined ? PAGE_FAULT : `BUG: unable to handle ${what}`;
}
