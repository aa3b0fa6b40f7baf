import { execa } from 'execa';
import type { ProcessStarter } from './process-starter.ts';
import { startProcess } from './qemu-process.ts';

/** Starts QEMU on this host. */
export async function findHostStarter(): Promise<ProcessStarter> {
  const [setpriv = '', ...parameters] = withDeathSignal(['true']);
  const { failed } = await execa(setpriv, parameters, { reject: false, stdin: 'ignore' });
  return {
    start: startProcess,
    guarded: failed ? (commandLine) => commandLine : withDeathSignal,
  };
}

/**
 * Has the kernel kill the program when the thread that started it ends, however that happens
 * (prctl(2), PR_SET_PDEATHSIG). `setpriv` (util-linux) execs the program, so the process id stays
 * the same. Start guests from the main thread: the end of a worker thread would count as well.
 */
function withDeathSignal(commandLine: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig', 'KILL', ...commandLine];
}
