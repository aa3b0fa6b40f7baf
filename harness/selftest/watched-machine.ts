import type { Instance, Machine } from '../machine/machine.ts';

/** A machine that records which instances it has booted. */
export interface WatchedMachine extends Machine {
  readonly instances: readonly Instance[];
  /** Pids of the instances whose process still exists. */
  alive(): readonly number[];
}

export function watchMachine(machine: Machine): WatchedMachine {
  const instances: Instance[] = [];
  return {
    instances,
    async boot(spec) {
      const instance = await machine.boot(spec);
      instances.push(instance);
      return instance;
    },
    alive: () => instances.map(({ pid }) => pid).filter(isAlive),
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
