/** The machines of a run in words. */
import type { MachineFacts } from '../events.ts';
import { isPlainMachine } from '../matrix/cell.ts';

/** `QEMU 7.2.22 tcg, qemu-10: QEMU 10.0.2 tcg in Docker 20.10.24, containers of Docker 20.10.24`. */
export function describeMachines(machines: readonly MachineFacts[]): string {
  return machines
    .map((machine) =>
      isPlainMachine(machine.name)
        ? describeMachine(machine)
        : `${machine.name}: ${describeMachine(machine)}`,
    )
    .join(', ');
}

/** Without its name. */
export function describeMachine({ kind, version, accelerator, engine }: MachineFacts): string {
  if (kind === 'container') return `containers of ${engine ?? version}`;
  return `QEMU ${version} ${accelerator}${engine === undefined ? '' : ` in ${engine}`}`;
}

/** The machine of a cell; undefined if the host could not provide it. */
export function machineOf(
  { machines }: { readonly machines: readonly MachineFacts[] },
  { machine }: { readonly machine: string },
): MachineFacts | undefined {
  return machines.find(({ name }) => name === machine);
}
