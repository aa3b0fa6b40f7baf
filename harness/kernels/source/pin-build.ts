/** What a lock says of a kernel that is built. */
import { digestOf } from '../../cache/digest.ts';
import { UsageError } from '../../errors.ts';
import type { KernelPin } from '../kernel-image.ts';
import { buildFlags } from './build/build-inputs.ts';
import type { ConfiguredKernel } from './configured-kernel.ts';

export function pinOf(configured: ConfiguredKernel): KernelPin {
  const { tree, compiler, digest, requested } = configured;
  const asked = [...requested].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...(tree.pin !== undefined && { debian: tree.pin }),
    inputs: {
      tree: tree.digest,
      requested: digestOf(asked.map(([symbol, value]) => `${symbol}=${value}`).join('\n')),
      configuration: digest,
      compiler: compiler.version,
      'compiler files': compiler.digest,
      flags: buildFlags(),
    },
  };
}

/** What would be built is not what a lock names. Caught where the place in the lock is known. */
export class OtherBuild extends UsageError {
  /** Of the build. */
  readonly kernel: string;
  readonly locked: KernelPin;
  readonly found: KernelPin;

  /** @param other The name of an input that differs. */
  constructor(kernel: string, other: string, locked: KernelPin, found: KernelPin) {
    const { [other]: expected = 'nothing' } = locked.inputs ?? {};
    const { [other]: own = 'nothing' } = found.inputs ?? {};
    super(
      `the lock names another ${other}: expected ${expected}, found ${own}; nothing was built`,
      {
        code: 'LOCK_DIFFERS',
        remedy: `restore what the lock names, or accept what is there: kmx kernels lock --update ${kernel}`,
      },
    );
    this.kernel = kernel;
    this.locked = locked;
    this.found = found;
  }
}

/** Throws an OtherBuild if what would be built is not what the lock names. */
export function checkInputs(kernel: string, locked: KernelPin, found: KernelPin): void {
  const { inputs = {} } = found;
  const other = Object.keys(inputs).find((name) => inputs[name] !== locked.inputs?.[name]);
  if (other !== undefined) throw new OtherBuild(kernel, other, locked, found);
}
