import type { BootSpec } from '../../machine/machine.ts';
import type { Limits } from '../../matrix/matrix.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';

/** What a machine needs to boot a guest of the cell. */
export function bootSpecOf(
  { image, initramfs, bootParameters }: PreparedCell,
  { cpus, memoryMib }: Limits,
): BootSpec {
  return { kernel: image, initramfs, bootParameters, cpus, memoryMib };
}
