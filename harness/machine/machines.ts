/** The machines of a run, as its matrix names them. */
import { createContainerMachine } from './container/container-machine.ts';
import type { ContainerMachineOptions } from './container/container-settings.ts';
import { type Machine, withoutTemplates } from './machine.ts';
import { createQemuMachine } from './qemu/qemu-machine.ts';
import type { QemuMachineOptions } from './qemu/qemu-settings.ts';

/** What this host needs to know to create a machine. This is where a way to boot is registered. */
export type MachineOptions =
  | { readonly kind: 'qemu'; readonly options: QemuMachineOptions }
  | { readonly kind: 'container'; readonly options: ContainerMachineOptions };

/**
 * Rejects with an InfraError if this host cannot provide it.
 * @param hasTemplates False: every guest boots.
 */
export async function createMachine(
  { kind, options }: MachineOptions,
  hasTemplates = true,
): Promise<Machine> {
  switch (kind) {
    case 'qemu': {
      const machine = await createQemuMachine(options);
      return hasTemplates ? machine : withoutTemplates(machine);
    }
    case 'container':
      return await createContainerMachine(options);
  }
}
