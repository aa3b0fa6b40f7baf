/** What a lock says of kernels that were resolved, and of agents. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { digestFile, digestOf } from '../cache/digest.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import type { LockedAgent, LockedKernel } from '../lock/lock.ts';
import type { AgentSource } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { AGENT_PROGRAM, prepareAgent } from '../prepare/agent-files.ts';
import { digestAgentFiles } from '../prepare/initramfs.ts';
import { guestBinaries, guestRoot } from './project.ts';

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

export async function lockAgent(source: AgentSource, cacheRoot: string): Promise<LockedAgent> {
  if (source.kind === 'reference') return { sources: await digestSources() };
  const { entries } = await prepareAgent(source, guestBinaries.agent, cacheRoot);
  const program = entries.find((entry) => entry.path === AGENT_PROGRAM);
  if (program?.kind !== 'file') throw new Error('Expected the files of an agent to have a program');
  return {
    program: digestOf(program.content),
    files: digestAgentFiles(entries),
  };
}

/** What our own agent is built from, below `guest/`. */
const SOURCES = ['Cargo.lock', 'Cargo.toml', 'agent', 'proto'];

/** Cargo writes paths of the host into what it builds, so its bytes cannot be compared. */
async function digestSources(): Promise<string> {
  const listed = SOURCES.map(async (name) => {
    const path = join(guestRoot, name);
    if ((await stat(path)).isFile()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  });
  const files = (await Promise.all(listed)).flat().toSorted();
  const digests = await Promise.all(
    files.map(async (file) => [relative(guestRoot, file), await digestFile(file)]),
  );
  return digestOf(JSON.stringify(digests));
}
