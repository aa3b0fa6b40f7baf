/** The function in one stack that tells most about why the stack was printed. */
import { normaliseFunction } from './function-name.ts';
import { type Frame, keepCause } from './kernel-frames.ts';
import { type Machinery, machineryOf } from './machinery.ts';

export interface StackOptions {
  /** Of leaks: who makes objects for others is not the place, even if that shows nowhere else. */
  readonly isLeak?: boolean;
}

/** Frames of one stack, the innermost first. */
export interface StackPlace {
  /** What a register names comes before the stack that it belongs to. */
  addInstruction(name: string): void;
  add(frame: Frame): void;
  /** What a worker is busy with, which its stack may not show. */
  addWork(name: string): void;
  /** What comes next was only interrupted by what came before. */
  endContext(): void;
  /** The place, however little may be known of it. */
  readonly place: string | undefined;
  /** Whether a function was found that is not machinery. */
  readonly hasCause: boolean;
}

/** Where an interrupt leads into: what is below was running when it came. */
const INTERRUPT =
  /^(?:asm_(?:sysvec_|common_interrupt)|(?:common|apic_timer|call_function(?:_single)?|reschedule|irq_work|timer)_interrupt$|ret_from_(?:intr|irq)$|retint_|el[01]_irq$|el[01][th]_(?:64|32)_irq$|(?:do_irq|handle_riscv_irq|do_vint|tl0_irq\d+)$|__irq_(?:svc|usr)$|(?:decrementer|hardware_interrupt|doorbell_super)_common|(?:ext|io)_int_handler$|(?:rollback_)?handle_int$|(?:xen_)?hypervisor_callback$|nmi$|end_repeat_nmi$|asm_exc_nmi$)/;

/** Came with an interrupt to look at what it interrupted. */
const PRINTERS =
  /^(?:update_process_times|watchdog_timer_fn|watchdog_overflow_callback|rcu_sched_clock_irq|rcu_check_callbacks|nmi_cpu_backtrace|sched_show_task|perf_event_nmi_handler)(?:\.|$)/;

/** mm/slub.c, page_alloc.c, vmalloc.c: what is called for an object. */
const ALLOCATES =
  /^_*(?:k[mvz]*alloc|kmem_cache_alloc|slab_alloc|alloc_pages|alloc_frozen_pages|get_free_pages|v[mz]alloc)/;

export function createStackPlace({ isLeak }: StackOptions = {}): StackPlace {
  let cause: string | undefined;
  let work: string | undefined;
  let helper: string | undefined;
  let doubtful: string | undefined;
  let isOver = false;
  let hasSure = false;
  let isPrinters = false;
  /** Whoever makes objects for others is not the place. */
  let isAllocation = isLeak === true;

  function kindOf({ name, file }: Frame): Machinery | undefined {
    const kind = machineryOf(name, file);
    return kind === 'allocator' && !isAllocation ? undefined : kind;
  }

  function addAny(frame: Frame): void {
    if (cause !== undefined || isOver) return;
    if (INTERRUPT.test(frame.name)) {
      if (frame.isSure) endContext();
      return;
    }
    isPrinters ||= PRINTERS.test(frame.name);
    isAllocation ||= frame.isSure && ALLOCATES.test(frame.name);
    note(frame);
  }

  function note(frame: Frame): void {
    const kind = kindOf(frame);
    if (kind === 'never') return;
    const name = normaliseFunction(frame.name);
    if (!frame.isSure) {
      if (kind === undefined) doubtful ??= name;
    } else if (kind === undefined) cause = name;
    else helper ??= name;
  }

  function endContext(): void {
    if (cause !== undefined) return;
    if (isPrinters) {
      helper = undefined;
      doubtful = undefined;
    } else if (helper !== undefined) isOver = true;
    isPrinters = false;
  }

  return {
    addInstruction: (name) => addAny({ name, isSure: true }),
    add(frame) {
      hasSure ||= frame.isSure;
      addAny(frame);
    },
    addWork(name) {
      work ??= keepCause(name);
    },
    endContext,
    get place() {
      const best = cause ?? (isOver ? helper : work);
      return best ?? (hasSure ? (helper ?? doubtful) : (doubtful ?? helper));
    },
    get hasCause() {
      return (cause ?? work) !== undefined;
    },
  };
}
