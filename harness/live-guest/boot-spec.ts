import type { BootSpec, VmSpec } from '../machine/machine.ts';
import type { Limits } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { PreparedCell, PreparedVm } from '../prepare/prepare-cell.ts';

/** What a machine needs to boot a guest of the cell. */
export function bootSpecOf({ boot }: PreparedCell, limits: Limits): BootSpec {
  return boot.kind === 'vm'
    ? vmSpecOf(boot, limits)
    : {
        ...{ kind: 'container', layers: boot.layers, memoryMib: limits.memoryMib },
        ...omitUndefined({ share: boot.share }),
      };
}

export function vmSpecOf(
  { image, initramfs, bootParameters, share }: PreparedVm,
  { cpus, memoryMib }: Limits,
): VmSpec {
  return {
    ...{ kind: 'vm', kernel: image, initramfs, bootParameters, cpus, memoryMib },
    ...omitUndefined({ share }),
  };
}
