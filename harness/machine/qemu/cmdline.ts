import type { Device } from './devices.ts';

/**
 * QEMU's arguments for the devices, in their order. The guest's kernel gets the devices' own
 * parameters first, so that later ones win.
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
