import { expect } from 'chai';
import { createWordSearch } from '../lines/word-search.ts';
import { matchReportStart, REPORT_WORDS } from './kernel-reports.ts';

/** First lines in the words of many versions, and what they are called. */
const STARTS: readonly (readonly [message: string, title: string])[] = [
  [
    'BUG: unable to handle kernel NULL pointer dereference at           (null)',
    'BUG: kernel NULL pointer dereference',
  ],
  [
    'BUG: kernel NULL pointer dereference, address: 0000000000000018',
    'BUG: kernel NULL pointer dereference',
  ],
  [
    'BUG: unable to handle kernel paging request at ffffffffdeadbeef',
    'BUG: unable to handle page fault',
  ],
  [
    'BUG: unable to handle page fault for address: ffffffffdeadbeef',
    'BUG: unable to handle page fault',
  ],
  [
    'BUG: stack guard page was hit at ffffc90000184ff8 (stack is ffffc90000185000..ffffc90000188fff)',
    'kernel stack overflow',
  ],
  [
    'BUG: TASK stack guard page was hit at 00000000e7d5e9f0 (stack is 0000..0001)',
    'kernel stack overflow',
  ],
  [
    'BUG: #DF stack guard page was hit at 00000000e7d5e9f0 (stack is 0000..0001)',
    'kernel stack overflow',
  ],
  ['kernel stack overflow (double-fault): 0000 [#1] SMP', 'kernel stack overflow'],
  ['kernel stack overflow (page fault): 0000 [#1] PREEMPT SMP KASAN', 'kernel stack overflow'],
  ['general protection fault: 0000 [#1] SMP KASAN', 'general protection fault'],
  ['general protection fault: fff8 [#1] PREEMPT SMP', 'general protection fault'],
  [
    'general protection fault for non-canonical address 0xdffffc0000000003: 0000 [#1] SMP',
    'general protection fault',
  ],
  [
    'general protection fault, probably for non-canonical address 0x2: 0000 [#12] SMP',
    'general protection fault',
  ],
  [
    'general protection fault, maybe for address 0xffff888004d1a010: 0000 [#1] SMP',
    'general protection fault',
  ],
  [
    'Oops: general protection fault, probably for non-canonical address 0x2: 0000 [#1] SMP',
    'general protection fault',
  ],
  ['general protection fault: 00', 'general protection fault'],
  ['divide error: 0000 [#1] SMP', 'divide error'],
  ['Oops: divide error: 0000 [#1] SMP', 'divide error'],
  ['invalid opcode: 0000 [#1] SMP', 'invalid opcode'],
  ['stack segment: 0000 [#1] SMP', 'stack segment'],
  ['bounds: 0000 [#1] SMP', 'bounds'],
  ['int3: 0000 [#1] SMP', 'int3'],
  ['invalid TSS: 0000 [#1] SMP', 'invalid TSS'],
  ['segment not present: 0000 [#1] SMP', 'segment not present'],
  ['alignment check: 0000 [#1] SMP', 'alignment check'],
  ['double fault: 0000 [#1] SMP', 'double fault'],
  ['traps: PANIC: double fault, error_code: 0x0', 'double fault'],
  ['PANIC: double fault, error_code: 0x0', 'double fault'],
  [
    'PANIC: early exception 0d rip 10:ffffffff81a error 0 cr2 0',
    'early exception: general protection fault',
  ],
  ['kernel BUG at mm/slab.c:12!', 'kernel BUG'],
  ['Kernel BUG at ffffffff8119a3f2 [verbose debug info unavailable]', 'kernel BUG'],
  ['WARNING: at net/core/dev.c:12 f+0x1/0x2()', 'WARNING'],
  ['WARNING: at f+0x1/0x2()', 'WARNING'],
  ['WARNING: CPU: 1 PID: 2 at net/x.c:1 f+0x1/0x2 [mod]()', 'WARNING'],
  ['WARNING: CPU: 1 PID: 2 at rust/kernel/x.rs:1 f+0x1/0x2', 'WARNING'],
  ['WARNING: CPU: 0 PID', 'WARNING'],
  ['WARNING: fs/a.c:1058 at 0x0, CPU#0: prog/5982', 'WARNING'],
  ['WARNING: [a[1] != b] fs/a.c:1058 at f+0x1/0x2, CPU#0: prog/5982', 'WARNING'],
  [
    'BUG: KASan: use after free in f+0x1/0x2 at addr ffff88001d5c8010',
    'BUG: KASAN: use after free',
  ],
  ['BUG: KASAN: slab-out-of-bounds in f+0x1/0x2', 'BUG: KASAN: slab-out-of-bounds'],
  ['BUG: KASAN: user-memory-access on address 12', 'BUG: KASAN: user-memory-access'],
  [
    'BUG: KASAN: double-free or invalid-free in f+0x1/0x2',
    'BUG: KASAN: double-free or invalid-free',
  ],
  ['BUG: KMSAN: uninit-value in f+0x1/0x2', 'BUG: KMSAN: uninit-value'],
  ['BUG: KFENCE: memory corruption in f+0x1/0x2', 'BUG: KFENCE: memory corruption'],
  ['BUG: KCSAN: data-race in f / g', 'BUG: KCSAN: data-race with g'],
  ['BUG: KCSAN: data-race in f+0x1/0x2', 'BUG: KCSAN: data-race'],
  ['BUG: KCSAN: assert: race in f / g', 'BUG: KCSAN: assert: race with g'],
  ['UBSAN: shift-out-of-bounds in lib/x.c:1:2', 'UBSAN: shift-out-of-bounds'],
  ['UBSAN: array index out of bounds at f+0x1/0x2', 'UBSAN: array index out of bounds'],
  [
    'BUG kmalloc-64 (Tainted: G    B D      ): Redzone overwritten',
    'slab corruption: Redzone overwritten in a kmalloc-64 object',
  ],
  [
    'BUG fat cache (Not tainted): Object already free',
    'slab corruption: Object already free in a fat cache object',
  ],
  [
    "slab error in verify_redzone_free(): cache `kmalloc-64': double free detected",
    'slab corruption: double free detected in a kmalloc-64 object',
  ],
  [
    'Slab corruption (Not tainted): kmalloc-64 start=ffff88001d5c8010, len=64',
    'slab corruption: Poison overwritten in a kmalloc-64 object',
  ],
  [
    'Slab corruption: size-64 start=ffff88001d5c8010, len=64',
    'slab corruption: Poison overwritten in a size-64 object',
  ],
  ['BUG: Bad page state in process sh  pfn:12345', 'BUG: Bad page state'],
  ["Bad page state in process 'sh'", 'BUG: Bad page state'],
  ['BUG: Bad page map in process sh  pte:0000 pmd:0000', 'BUG: Bad page map'],
  ['BUG: Bad page cache in process sh  pfn:12345', 'BUG: Bad page cache'],
  ['BUG: Bad rss-counter state mm:ffff88001d5c8010 idx:1 val:2', 'BUG: Bad rss-counter state'],
  ['BUG: non-zero nr_ptes on freeing mm: 1', 'BUG: non-zero pgtables_bytes on freeing mm'],
  [
    'BUG: non-zero pgtables_bytes on freeing mm: -16384',
    'BUG: non-zero pgtables_bytes on freeing mm',
  ],
  [
    'mm/pgtable-generic.c:50: bad pmd ffff88001d5c8010(800000012a0008e7)',
    'bad pmd in a page table',
  ],
  ['unreferenced object 0xffff888004d1a000 (size 64):', 'kmemleak: memory leak'],
  ['BUG: spinlock lockup suspected on CPU#0, sh/92', 'BUG: spinlock lockup suspected'],
  ['BUG: spinlock already unlocked on CPU#0, sh/92', 'BUG: spinlock already unlocked'],
  ['BUG: spinlock wrong CPU on CPU#0, sh/92', 'BUG: spinlock wrong CPU'],
  ['BUG: rwlock bad magic on CPU#0, sh/92, ffff88001d5c8010', 'BUG: rwlock bad magic'],
  ['BUG: write-lock lockup on CPU#0, sh/92, ffff88001d5c8010', 'BUG: write-lock lockup'],
  [
    '[ INFO: possible circular locking dependency detected ]',
    'WARNING: possible circular locking dependency detected',
  ],
  ['WARNING: possible recursive locking detected', 'WARNING: possible recursive locking detected'],
  [
    'INFO: possible circular locking dependency detected',
    'WARNING: possible circular locking dependency detected',
  ],
  [
    '[ INFO: suspicious rcu_dereference_check() usage. ]',
    'WARNING: suspicious rcu_dereference_check() usage',
  ],
  [
    '[ INFO: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected ]',
    'WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected',
  ],
  ['[ BUG: held lock freed! ]', 'WARNING: held lock freed'],
  ['WARNING: held lock freed!', 'WARNING: held lock freed'],
  ['[ BUG: sh/92 still has locks held! ]', 'WARNING: still has locks held'],
  ['BUG: still has locks held', 'WARNING: still has locks held'],
  [
    '[ BUG: lock held when returning to user space! ]',
    'WARNING: lock held when returning to user space',
  ],
  ['BUG: MAX_LOCK_DEPTH too low!', 'BUG: MAX_LOCK_DEPTH too low!'],
  ['BUG: key ffff88001d5c8010 not in .data!', 'BUG: key has not been registered'],
  [
    'BUG: using __this_cpu_add() in preemptible [00000000] code: sh/92',
    'BUG: using __this_cpu_add() in preemptible',
  ],
  [
    'BUG: workqueue leaked atomic, lock or RCU: kworker/0:1[38]',
    'BUG: workqueue leaked lock or atomic',
  ],
  ['BUG: soft lockup - CPU#0 stuck for 61s! [sh:92]', 'BUG: soft lockup'],
  ['NMI watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [sh:92]', 'BUG: soft lockup'],
  ['NMI watchdog: Watchdog detected hard LOCKUP on cpu 0', 'hard LOCKUP'],
  ['watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 0', 'hard LOCKUP'],
  ['Watchdog detected hard LOCKUP on cpu 0', 'hard LOCKUP'],
  ['BUG: NMI Watchdog detected LOCKUP on CPU0, ip ffffffff8119a3f2, registers:', 'hard LOCKUP'],
  ['INFO: rcu_sched_state detected stall on CPU 0 (t=15000 jiffies)', 'RCU stall'],
  ['INFO: rcu_preempt self-detected stall on CPU { 0}  (t=65000 jiffies g=48068)', 'RCU stall'],
  ['INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 0-... } 21 jiffies', 'RCU stall'],
  ['rcu: INFO: rcu_tasks detected stalls on tasks:', 'RCU stall'],
  ['INFO: task jbd2/vda1-8:92 blocked for more than 120 seconds.', 'hung task'],
  ['INFO: task sh:92 blocked in I/O wait for more than 120 seconds.', 'hung task'],
  ["INFO: task sh:92 can't die for more than 143 seconds.", "task can't die"],
  ['irq 16: nobody cared (try booting with the "irqpoll" option)', 'irq: nobody cared'],
  ['refcount_t: increment on 0; use-after-free.', 'refcount_t: increment on 0; use-after-free'],
  ['ODEBUG: init active object type: timer_list', 'ODEBUG: init of a timer_list'],
  ['list_add double add: new=ffff88001d5c8010, prev=ffff88001d5c8010', 'list corruption: list_add'],
  [
    'list_del corruption, ffff88001d5c8010->next is LIST_POISON1 (dead000000000100)',
    'list corruption: list_del',
  ],
  ['skb_under_panic: text:ffffffff8182c6e5 len:1066', 'skb_under_panic'],
  ['RTNL: assertion failed at net/core/dev.c (1234)', 'RTNL: assertion failed'],
  [
    'memcpy: detected buffer overflow: 40 byte write of buffer size 32',
    'detected buffer overflow (memcpy)',
  ],
  ['detected buffer overflow in strlen', 'detected buffer overflow (strlen)'],
  [
    'usercopy: kernel memory overwrite attempt detected to ffff88001d5c8010 (kmalloc-64) (65 bytes)',
    'usercopy: kernel memory overwrite',
  ],
  ['BTRFS: assertion failed: 0, file: fs/btrfs/ctree.c, line: 1234', 'BTRFS: assertion failed: 0'],
  [
    'assertion failed: root->node == 1 :: 3, in fs/btrfs/ctree.c:1234',
    'BTRFS: assertion failed: root->node == 1',
  ],
  [
    'kobject: kobject_add_internal failed for x (error: -2 parent: y)',
    'kobject_add_internal failed (error: -2)',
  ],
  [
    "kobject: '(null)' (ffff88001d5c8010): is not initialized, yet kobject_put() is being called.",
    'kobject: kobject_put of what is not initialized',
  ],
  ['Kernel panic: Fatal exception', 'Kernel panic: Fatal exception'],
  ['Kernel panic - not syncing: kasan.fault=panic set ...', 'Kernel panic: panic set'],
  ['Kernel panic - not syncing: UBSAN: panic_on_warn set ...', 'Kernel panic: panic_on_warn set'],
  [
    'Kernel panic - not syncing: VFS: Unable to mount root fs on "/dev/vda1" or unknown-block(254,1)',
    'VFS: Unable to mount root fs on unknown-block(254,1)',
  ],
  ['Kernel panic - not sy', 'Kernel panic'],
];

/** What kernels say in such words though nothing is wrong with them. */
const OTHERS: readonly string[] = [
  'INFO: lockdep is turned off.',
  'INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.234 msecs',
  'WARNING: CPU hotplug is not supported',
  'clocksource: timekeeping watchdog on CPU1: Marking clocksource tsc as unstable because the skew is too large:',
  'x86/fpu: invalid opcode: emulated',
  'EXT4-fs error (device vda1): ext4_lookup:1700: inode #2: comm sh: deleted inode referenced: 12',
  'EXT4-fs (vda1): INFO: recovery required on readonly filesystem',
  'list_sort_test: start testing list_sort()',
  'ODEBUG: selftest passed',
  'ODEBUG: Out of memory. ODEBUG disabled',
  'UBSAN: enabled',
  'kmemleak: Kernel memory leak detector initialized (mem pool available: 15836)',
  'Kernel command line: panic=-1 "Kernel panic - not syncing"',
  'workqueue: css_free hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND',
  'watchdog: Delayed init of the lockup detector failed: -19',
  'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.',
  'hard LOCKUP is what this line only mentions',
  'refcount_test: refcount_t: underflow is what this test is about',
];

describe('the first line of a report', () => {
  it('is told from others and called the same whatever the kernel’s version', () => {
    for (const [message, title] of STARTS) {
      expect(matchReportStart(message)?.title, message).to.equal(title);
    }
  });

  it('is not seen in a line that only has its words', () => {
    const found = OTHERS.filter((message) => matchReportStart(message) !== undefined);
    expect(found).to.deep.equal([]);
  });

  it('has one of the words that are looked for in bytes', () => {
    const find = createWordSearch(REPORT_WORDS);
    const missed = STARTS.filter(([message]) => find(Buffer.from(message), 0) === -1);
    expect(missed).to.deep.equal([]);
  });
});
