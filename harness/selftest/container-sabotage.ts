/** Containers that are broken before they start, or from outside while they run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry } from '../file-entry.ts';
import { connectEngine } from '../machine/container/engine.ts';
import { IMAGE_NAME } from '../machine/container/labels.ts';
import { findOwnCgroups } from '../machine/container/own-cgroups.ts';
import type { BootSpec, Instance, Machine } from '../machine/machine.ts';
import { ownedPrefix } from '../machine/owner.ts';
import type { GuestSetting } from './selftest-case.ts';

/** guest/saboteur/src/first_process.rs */
const ORDER = '/kmx/saboteur';
/** Far longer than a case takes, and no longer than it matters if the case is killed. */
const HELD_SECONDS = 300;

/** The same containers, broken as the case has it before they start. */
export function sabotageContainers(
  machine: Machine,
  { firstProcess, hostSabotage }: Pick<GuestSetting, 'firstProcess' | 'hostSabotage'>,
): Machine {
  const withOrder = createOrder(firstProcess);
  return {
    ...machine,
    async boot(spec) {
      const ordered = withOrder(spec);
      if (hostSabotage === 'remove-image') {
        await (await machine.boot(ordered))[Symbol.asyncDispose]();
        await removeOwnImages();
      }
      return await machine.boot(ordered);
    },
  };
}

/** Tells the saboteur what to do as a container's first process. */
function createOrder(deed: string | undefined): (spec: BootSpec) => BootSpec {
  if (deed === undefined) return (spec) => spec;
  const order: FileEntry = { kind: 'file', path: ORDER, mode: 0o644, content: Buffer.from(deed) };
  return (spec) =>
    spec.kind === 'container' ? { ...spec, layers: [...spec.layers, [order]] } : spec;
}

async function removeOwnImages(): Promise<void> {
  const { client } = await connectEngine();
  for (const name of await listOwnImages()) await client.getImage(name).remove({ force: true });
}

/** Names of the images that this process has loaded for guests. */
export async function listOwnImages(): Promise<readonly string[]> {
  const { client } = await connectEngine();
  const images = await client.listImages({ filters: { reference: [IMAGE_NAME] } });
  const names = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  return names.filter((name) => name.startsWith(`${IMAGE_NAME}:${ownedPrefix()}`));
}

/** Through the engine, as anybody might who may use it. */
export async function killContainer(instance: Instance): Promise<void> {
  const { client } = await connectEngine();
  await client.getContainer(containerIdOf(instance)).kill();
}

/** The engine's id of a running container: it is part of its cgroups' names. */
export function containerIdOf({ pid }: Pick<Instance, 'pid'>): string {
  const cgroups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  const id = /[0-9a-f]{64}/.exec(cgroups)?.[0];
  if (id === undefined) throw new Error(`Expected cgroups named after a container: ${cgroups}`);
  return id;
}

/** A process of this host in a cgroup below a container's own, which then cannot be removed. */
export class HeldCgroup implements AsyncDisposable {
  #holder: ChildProcess | undefined;

  async hold(instance: Instance): Promise<void> {
    const own = findOwnCgroups(instance.pid, containerIdOf(instance)).at(-1);
    if (own === undefined) throw new Error('Expected a container with a cgroup of its own');
    const folder = join(own, 'held');
    await mkdir(folder);
    this.#holder = spawn('sleep', [`${HELD_SECONDS}`], { stdio: 'ignore' });
    await writeFile(join(folder, 'cgroup.procs'), `${this.#holder.pid}`);
  }

  /** The process ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder === undefined || this.#holder.exitCode !== null) return;
    const ended = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await ended;
  }
}
