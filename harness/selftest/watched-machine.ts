import type { Instance, Machine, TemplateMachine } from '../machine/machine.ts';

/** A machine that records which instances it has booted. */
export interface WatchedMachine extends Machine {
  readonly instances: readonly Instance[];
  /** Pids of the instances whose process still exists. */
  alive(): readonly number[];
}

/** @param hasTemplates Its guests are saved and restored as those of the machine are. */
export function watchMachine(machine: Machine, hasTemplates = false): WatchedMachine {
  const instances: Instance[] = [];
  async function watch<I extends Instance>(started: Promise<I>): Promise<I> {
    const instance = await started;
    instances.push(instance);
    return instance;
  }
  const templates = hasTemplates ? machine.templates : undefined;
  return {
    instances,
    boot: (spec) => watch(machine.boot(spec)),
    ...(templates === undefined ? {} : { templates: watchTemplates(templates, watch) }),
    // 0: it had ended before anybody could ask for its number.
    alive: () => instances.map(({ pid }) => pid).filter((pid) => pid !== 0 && isAlive(pid)),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function watchTemplates(
  templates: TemplateMachine,
  watch: <I extends Instance>(started: Promise<I>) => Promise<I>,
): TemplateMachine {
  return {
    boot: (spec) => watch(templates.boot(spec)),
    branch: (spec, template) => watch(templates.branch(spec, template)),
    restore: (spec, template) => watch(templates.restore(spec, template)),
    identity: (spec) => templates.identity(spec),
  };
}
