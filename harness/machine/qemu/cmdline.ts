import { UsageError } from '../../errors.ts';
import type { Device } from './devices.ts';

/** COMMAND_LINE_SIZE of x86 (arch/x86/include/asm/setup.h), which counts the final zero. */
const BOOT_PARAMETERS_MAX_BYTES = 2047;

/**
 * QEMU's arguments for the devices, in their order. The guest's kernel gets the devices' own
 * parameters first, so that later ones win. Throws a UsageError if the kernel would cut them.
 */
export function qemuCommandLine(
  devices: readonly Device[],
  bootParameters: readonly string[],
): string[] {
  const parameters = [
    ...devices.flatMap((device) => device.bootParameters ?? []),
    ...bootParameters,
  ].join(' ');
  const bytes = Buffer.byteLength(parameters);
  if (bytes > BOOT_PARAMETERS_MAX_BYTES) {
    throw new UsageError(
      `the boot parameters have ${bytes} bytes; an x86 kernel reads ${BOOT_PARAMETERS_MAX_BYTES} ` +
        `and drops the rest: ${parameters.slice(0, 120)}…`,
      { code: 'BOOT_PARAMETERS_TOO_LONG', remedy: 'shorten the boot parameters of the config' },
    );
  }
  return [...devices.flatMap((device) => device.arguments), '-append', parameters];
}
