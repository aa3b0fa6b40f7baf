/** Which of the stacks in a report are of what happened, and which tell how it came to that. */
import { readInstruction } from './instruction.ts';
import { type Frame, readFrames } from './kernel-frames.ts';
import { createStackPlace, type StackOptions } from './stack-place.ts';

export interface ReportStacks {
  /** @returns Frames that belong to what happened. */
  add(message: string): readonly Frame[];
  readonly place: string | undefined;
  /** Whether the place is not machinery. */
  readonly hasCause: boolean;
}

/**
 * What was before: mm/kasan/report.c and mm/slub.c (who allocated and freed the object), mm/kfence,
 * mm/kmsan/report.c (where a value came from), mm/page_owner.c, kernel/sched/core.c (who disabled
 * preemption), kernel/locking/lockdep.c (who took locks in another order).
 */
const PAST =
  /^(?:(?:INFO: )?(?:Allocated|Freed) (?:by task|in )|(?:Allocated|Freed):$|(?:allocated|freed) by task |rcu_free:|(?:Second to l|L)ast (?:potentially related work creation|call_rcu\(\)|creation):|Uninit was |Local variable |page last (?:allocated|free)|page (?:allocated|freed) via |Preemption disabled at:|Last Breaking-Event-Address:|Last breaking event|Showing all locks held|the existing dependency chain|the (?:shortest )?dependencies between |-> #\d+ |.{0,120}state was registered at:|to a [\w-]{1,40} lock:|\.\.\. ?which became |kfence-#\d+: | *\.{3} (?:key|acquired) )/;
/** What happens now. Each such line is of one stack, if any stack follows. */
const PRESENT =
  /^ ?(?:Call [Tt]race:|Backtrace:|backtrace(?: \(.*\))?:|stack backtrace:|Trace:|CPU: \d+ |Hardware name:|(?:RIP|EIP|NIP|PC is at|pc :|epc :|Krnl PSW)\b|------------\[ cut here)/;
/** arch/x86/kernel/dumpstack.c, print_context_stack up to 4.5: the ends of stacks in a stack. */
const END_OF_CONTEXT =
  /^ *(?:<\/(?:IRQ|SOFTIRQ|NMI|#DF|ENTRY_TRAMPOLINE)>|<{1,2}EO[EI]>{1,2}|--- (?:interrupt|Exception): )/;
/** arch/powerpc/kernel/process.c: what was interrupted, up to 5.x with the function. */
const INTERRUPTED = /^--- (?:interrupt|Exception): \w+ at \.?([A-Za-z_][\w.]*)\+0x/;
/** kernel/workqueue.c: print_worker_info */
const WORKQUEUE = /^Workqueue: .* ([A-Za-z_][\w.]*)(?: \[\w+\])?(?: \(.*\))?$/;
/** lib/smp_processor_id.c: check_preemption_disabled */
const CALLER = /^caller is (?:\[<[0-9a-f]+>\] )?([A-Za-z_][\w.]*)\+0x/;

export function createReportStacks(options: StackOptions = {}): ReportStacks {
  const stack = createStackPlace(options);
  let isPresent = true;

  function add(message: string): readonly Frame[] {
    if (PAST.test(message)) isPresent = false;
    else if (PRESENT.test(message)) isPresent = true;
    if (!isPresent) return [];
    if (END_OF_CONTEXT.test(message)) stack.endContext();
    const work = WORKQUEUE.exec(message)?.[1];
    if (work !== undefined) stack.addWork(work);
    const name =
      readInstruction(message) ?? (CALLER.exec(message) ?? INTERRUPTED.exec(message))?.[1];
    if (name !== undefined) stack.addInstruction(name);
    if (name !== undefined) return [{ name, isSure: true }];
    const frames = readFrames(message);
    for (const frame of frames) stack.add(frame);
    return frames;
  }

  return {
    add,
    get place() {
      return stack.place;
    },
    get hasCause() {
      return stack.hasCause;
    },
  };
}
