import { omitUndefined } from '../../omit-undefined.ts';
import type { Machine, VmSpec } from '../machine.ts';
import { findQemu } from './find-qemu.ts';
import type { QemuMachineOptions } from './qemu-settings.ts';
import { qemuTemplates } from './qemu-templates.ts';
import { startQemu } from './start-qemu.ts';

const START_TIMEOUT_MS = 20_000;

/**
 * Guests in QEMU. Rejects with an InfraError if there is no QEMU.
 *
 *     const machine = await createQemuMachine({ accelerator: 'tcg' });
 *     await using instance = await machine.boot(spec);
 *
 * `boot` resolves once QEMU is connected and has started the guest. A failure before that (no such
 * kernel file, not enough memory, a broken KVM) rejects with an InfraError: the machine could not
 * start. From then on, `exited` tells how the guest ended.
 */
export async function createQemuMachine(options: QemuMachineOptions): Promise<Machine<VmSpec>> {
  const host = options.host ?? (await findQemu(options.binary));
  const { temporaryDirectory } = host;
  const settings = {
    startTimeoutMs: START_TIMEOUT_MS,
    ...omitUndefined({ temporaryDirectory }),
    ...options,
    host,
  };
  return {
    boot: async (spec) => (await startQemu(settings, spec)).instance,
    templates: qemuTemplates(settings),
  };
}
