import type { Device } from './devices.ts';

/**
 * QEMU's arguments for the devices, in the given order. The devices' own kernel parameters come
 * first, so that `bootParameters` can override them.
 */
export function qemuCommandLine(
  devices: readonly Device[],
  bootParameters: readonly string[],
): string[] {
  const parameters = [
    ...devices.flatMap((device) => device.bootParameters ?? []),
    ...bootParameters,
  ].join(' ');
  return [...devices.flatMap((device) => device.arguments), '-append', parameters];
}
