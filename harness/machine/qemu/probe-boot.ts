import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pTimeout from 'p-timeout';
import { InfraError } from '../../errors.ts';
import type { Machine, VmSpec } from '../machine.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import { makeMultibootImage, reset, writeSerial } from './multiboot.ts';

/** What the probe's image prints before it resets the machine. */
export const PROBE_MARK = 'kmx-probe';

/** How far a kernel gets with neither an initramfs nor a disk. */
const KERNEL_MARKS = [
  /Linux version/,
  /Kernel panic - not syncing: (VFS: Unable to mount root fs|No working init found)/,
];

/** Why firmware and an image of a few bytes do not run on the machine; undefined if they do. */
export async function findImageFault(
  machine: Machine,
  timeoutMs: number,
  temporaryDirectory?: string,
): Promise<string | undefined> {
  await using directory = await makePrivateDirectory(temporaryDirectory);
  const kernel = join(directory.path, 'probe');
  await writeFile(kernel, makeMultibootImage([...writeSerial(PROBE_MARK), ...reset()]));
  return await findFault(machine, probeSpec(kernel), [new RegExp(PROBE_MARK)], timeoutMs);
}

/**
 * Why the kernel does not boot on the machine; undefined if it does. The kernel has to finish its
 * own start: some hypervisors run firmware but stop at the first kernel.
 */
export function findKernelFault(
  machine: Machine,
  kernel: string,
  timeoutMs: number,
): Promise<string | undefined> {
  return findFault(machine, probeSpec(kernel), KERNEL_MARKS, timeoutMs);
}

function probeSpec(kernel: string): VmSpec {
  return { kind: 'vm', kernel, bootParameters: [], cpus: 2, memoryMib: 256 };
}

async function findFault(
  machine: Machine,
  spec: VmSpec,
  marks: readonly RegExp[],
  timeoutMs: number,
): Promise<string | undefined> {
  let console = '';
  try {
    await using instance = await machine.boot(spec);
    instance.console.on('data', (chunk: Buffer) => {
      console += chunk.toString('latin1');
    });
    const { reason, stderr } = await pTimeout(instance.exited, {
      milliseconds: timeoutMs,
      message: late(timeoutMs),
    });
    const missing = marks.find((mark) => !mark.test(console));
    if (reason === 'guest-reset' && missing === undefined) return undefined;
    return [
      `the guest ended with '${reason ?? 'no reason'}' instead of a reset`,
      missing && `the console does not say '${missing.source}'`,
      stderr.split('\n')[0],
    ]
      .filter(Boolean)
      .join('; ');
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    return [error.message, error.output?.split('\n')[0]].filter(Boolean).join('; ');
  }
}

function late(timeoutMs: number): InfraError {
  return new InfraError(`it did not end within ${timeoutMs} ms`, { code: 'PROBE_LATE' });
}
