/** Source files whose functions are machinery, for traces that name them. */
import type { Machinery } from './group.ts';

const NEVER = [
  'mm/(?:kasan|kmsan|kfence)/(?!\\w*test)',
  'mm/(?:kmemleak|debug|failslab|fail_page_alloc)\\.c',
  'kernel/(?:kcsan/(?!\\w*test)|printk/|entry/|irq/(?:handle|chip|irqdesc|spurious)\\.c|sched/idle\\.c)',
  'kernel/(?:panic|stacktrace|hung_task|watchdog\\w*|locking/lockdep\\w*)\\.c',
  'lib/(?:dump_stack|nmi_backtrace|bug|ubsan|debugobjects|stackdepot|fault-inject)\\.c',
  'lib/(?:smp_processor_id|fortify\\w*)\\.c',
  'arch/\\w+/entry/',
  'arch/\\w+/kernel/(?:\\w*entry|traps|dumpstack|stacktrace|unwind|head|irq|apic/apic)\\w*\\.[cS]',
  'arch/\\w+/mm/fault\\w*\\.c',
  'drivers/cpuidle/',
];

const HELPERS = [
  'kernel/(?:locking/|rcu/|time/(?:timer|hrtimer|tick)|sched/(?:wait|swait|completion))',
  'kernel/(?:softirq|workqueue|kthread|smp|stop_machine|notifier|jump_label)\\.c',
  'mm/(?:slub|slab|slob|slab_common|page_alloc|vmalloc|usercopy|percpu|mempool|maccess)\\.c',
  'lib/(?:list_debug|string|string_helpers|vsprintf|kstrtox|hexdump|usercopy|iov_iter)\\.c',
  'lib/(?:refcount|rcuref|lockref|percpu-refcount|percpu_counter|kobject|klist|llist|plist)\\.c',
  'lib/(?:rbtree|radix-tree|xarray|idr|bitmap\\w*|find_bit|timerqueue|cpumask|scatterlist)\\.c',
  'lib/(?:strncpy_from_user|strnlen_user|sort|bsearch|list_sort|crc\\w*|checksum)\\.c',
  'include/(?:asm-generic/|linux/(?:atomic/|sched/))',
  'include/linux/(?:list|hlist|rculist|llist|plist|list_bl|list_nulls|rculist_nulls)\\.h',
  'include/linux/(?:instrumented|refcount|kref|spinlock\\w*|rwlock\\w*|mutex|rwsem|seqlock)\\.h',
  'include/linux/(?:rcupdate|compiler\\w*|kasan-checks|string|fortify-string|slab|gfp|uaccess)\\.h',
  'include/linux/(?:bitops|bitmap|find|jump_label|percpu\\w*|page_ref|vt_buffer|wait|timer)\\.h',
  'include/linux/(?:unaligned\\S*|thread_info|kernel|err|math64|ktime|workqueue|completion)\\.h',
  'arch/\\w+/(?:include/asm|lib)/',
];

const inTree = (files: readonly string[]) => new RegExp(`(?:^|/)(?:${files.join('|')})`);
const NEVER_FILES = inTree(NEVER);
const HELPER_FILES = inTree(HELPERS);

/** What the functions of a source file are; undefined if the file alone does not say. */
export function machineryOfFile(file: string): Machinery | undefined {
  if (NEVER_FILES.test(file)) return 'never';
  return HELPER_FILES.test(file) ? 'helper' : undefined;
}
