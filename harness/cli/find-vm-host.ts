/** What the virtual machines of `kmx selftest` have. */
import { InfraError, UsageError } from '../errors.ts';
import { type BootableKernel, isBootable } from '../kernels/kernel-image.ts';
import { resolveKernel } from '../kernels/resolve-kernel.ts';
import type { KernelSource, Matrix } from '../matrix/matrix.ts';
import { selectCells } from '../matrix/select.ts';
import { findGuestModules } from '../prepare/guest-modules.ts';
import type { Lack, VmHost } from '../selftest/selftest-host.ts';
import { openFetchDisplay } from './fetch-display.ts';
import { lookForQemu } from './look-for-qemu.ts';
import { printError } from './print-error.ts';
import { chooseAccelerator } from './run-host.ts';

/** The module that guest/saboteur breaks the kernel with. */
const BROKEN_MODULE = 'virtio_console';

/**
 * QEMU and a kernel for it, or why there is none, which is also printed with its remedy: containers
 * do without.
 * @param asked The name of a kernel; by default the first one that a run would boot.
 */
export async function findVmHost(
  matrix: Matrix,
  asked: string | undefined,
  root: string,
): Promise<VmHost | Lack> {
  const name = asked ?? selectCells(matrix).cells.find(isOfQemu)?.kernel;
  if (name === undefined) return { lacks: `${matrix.file} has no cell that boots a kernel` };
  const source = sourceOf(matrix, name);
  try {
    const { version } = await lookForQemu(process.env)();
    const kernel = await findKernel(name, source, root);
    const modules = await findGuestModules(kernel);
    return {
      ...{ version, kernel },
      accelerator: await chooseAccelerator(root, new Map([['kernel', kernel]])),
      hasModule: modules.some((module) => module.name === BROKEN_MODULE),
    };
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    printError(error);
    return { lacks: error.message };
  }
}

function isOfQemu({ machineKind }: { readonly machineKind: string }): boolean {
  return machineKind === 'qemu';
}

function sourceOf(matrix: Matrix, name: string): KernelSource {
  const source = matrix.kernels.get(name);
  if (source !== undefined) return source;
  throw new UsageError(`--kernel: ${matrix.file} has no kernel ${JSON.stringify(name)}`, {
    code: 'UNKNOWN_KERNEL',
    remedy: `it has: ${[...matrix.kernels.keys()].join(', ')}`,
  });
}

async function findKernel(
  name: string,
  source: KernelSource,
  root: string,
): Promise<BootableKernel> {
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const { onProgress } = fetches;
  const kernel = await resolveKernel(name, source, { cacheRoot: root, onProgress });
  if (isBootable(kernel)) return kernel;
  throw new UsageError(`--kernel: ${name} is the kernel of this host, and cannot be broken`, {
    code: 'UNKNOWN_KERNEL',
    remedy: 'name another kernel of the matrix',
  });
}
