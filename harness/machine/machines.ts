import { type Machine, withoutTemplates } from './machine.ts';
import { createQemuMachine } from './qemu/qemu-machine.ts';
import type { QemuMachineOptions } from './qemu/qemu-settings.ts';

export interface MachinesOptions {
  readonly qemu: QemuMachineOptions;
  /** False: every guest boots. */
  readonly hasTemplates?: boolean;
}

/**
 * The machines of this host, by the kind that a cell names. This is where a way to boot is
 * registered. Rejects with an InfraError if one is missing.
 */
export async function createMachines({ qemu, hasTemplates = true }: MachinesOptions) {
  const machines = { qemu: await createQemuMachine(qemu) };
  return hasTemplates ? machines : { qemu: withoutTemplates(machines.qemu) };
}

/** Machines by kind. */
export type Machines<Kind extends string> = Readonly<Record<Kind, Machine>>;
