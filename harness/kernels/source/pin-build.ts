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

/** Throws a UsageError if what would be built is not what the lock names. */
export function checkInputs({ inputs: locked = {} }: KernelPin, { inputs = {} }: KernelPin): void {
  const other = Object.keys(inputs).find((name) => inputs[name] !== locked[name]);
  if (other === undefined) return;
  const names = `the lock names another ${other}: expected ${locked[other] ?? 'nothing'}`;
  throw new UsageError(`${names}, found ${inputs[other]}; nothing was built`, {
    code: 'LOCK_DIFFERS',
    remedy: 'restore what the lock names, or accept what is there: kmx kernels lock --update NAME',
  });
}
