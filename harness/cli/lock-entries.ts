/** What a lock says of kernels that were resolved, and of agents. */
import { digestFile, digestOf } from '../cache/digest.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import type { LockedAgent, LockedKernel } from '../lock/lock.ts';
import type { AgentSource } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { AGENT_PROGRAM, prepareAgent } from '../prepare/agent-files.ts';
import { describeEntry } from '../prepare/initramfs.ts';

export async function lockKernel(kernel: KernelImage): Promise<LockedKernel> {
  const { release, digest, image, config, pin = {} } = kernel;
  return {
    release,
    digest,
    ...omitUndefined({
      image: image && (await digestFile(image)),
      config: config && (await digestFile(config)),
    }),
    ...pin,
  };
}

/** @param reference Path of our own agent. */
export async function lockAgent(
  source: AgentSource,
  reference: string,
  cacheRoot: string,
): Promise<LockedAgent> {
  const { entries } = await prepareAgent(source, reference, cacheRoot);
  const program = entries.find((entry) => entry.path === AGENT_PROGRAM);
  if (program?.kind !== 'file') throw new Error('Expected the files of an agent to have a program');
  return {
    program: digestOf(program.content),
    files: digestOf(entries.map(describeEntry).join('\n')),
  };
}
