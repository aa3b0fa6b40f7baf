/** The function in one stack that tells most about why the stack was printed. */
import { normaliseFunction } from './function-name.ts';
import { type Frame, keepCause } from './kernel-frames.ts';
import { type Machinery, machineryOf } from './machinery.ts';

export interface StackOptions {
  /** Of leaks: who makes objects for others is not the place either. */
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

export function createStackPlace(options: StackOptions = {}): StackPlace {
  return new Stack(options);
}

/** A class: an object with a getter of its own costs V8 as much as the rest of a short report. */
class Stack implements StackPlace {
  readonly #isLeak: boolean;
  #cause: string | undefined;
  #work: string | undefined;
  #helper: string | undefined;
  #doubtful: string | undefined;
  #isOver = false;
  #hasSure = false;
  #isPrinters = false;

  constructor({ isLeak = false }: StackOptions) {
    this.#isLeak = isLeak;
  }

  addInstruction(name: string): void {
    this.#addAny({ name, isSure: true });
  }

  add(frame: Frame): void {
    this.#hasSure ||= frame.isSure;
    this.#addAny(frame);
  }

  addWork(name: string): void {
    this.#work ??= keepCause(name);
  }

  endContext(): void {
    if (this.#cause !== undefined) return;
    if (this.#isPrinters) {
      this.#helper = undefined;
      this.#doubtful = undefined;
    } else if (this.#helper !== undefined) this.#isOver = true;
    this.#isPrinters = false;
  }

  get place(): string | undefined {
    const helper = this.#helper;
    const doubtful = this.#doubtful;
    const best = this.#cause ?? (this.#isOver ? helper : this.#work);
    return best ?? (this.#hasSure ? (helper ?? doubtful) : (doubtful ?? helper));
  }

  get hasCause(): boolean {
    return (this.#cause ?? this.#work) !== undefined;
  }

  #addAny(frame: Frame): void {
    if (this.#cause !== undefined || this.#isOver) return;
    if (INTERRUPT.test(frame.name)) {
      if (frame.isSure) this.endContext();
      return;
    }
    this.#isPrinters ||= PRINTERS.test(frame.name);
    this.#note(frame);
  }

  #note(frame: Frame): void {
    const kind = this.#kindOf(frame);
    if (kind === 'never') return;
    const name = normaliseFunction(frame.name);
    if (!frame.isSure) {
      if (kind === undefined) this.#doubtful ??= name;
    } else if (kind === undefined) this.#cause = name;
    else this.#helper ??= name;
  }

  #kindOf({ name, file }: Frame): Machinery | undefined {
    const kind = machineryOf(name, file);
    return kind === 'allocator' && !this.#isLeak ? undefined : kind;
  }
}
