import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { connectEngine } from '../machine/container/engine.ts';
import { OWNER_LABEL } from '../machine/container/labels.ts';
import { findOwnCgroups } from '../machine/container/own-cgroups.ts';
import type { Instance } from '../machine/machine.ts';
import { ownedPrefix } from '../machine/owner.ts';
import { containerIdOf, listOwnImages } from './container-sabotage.ts';

/** What containers have on this host as long as they run, and must not leave. */
export class ContainerTraces {
  readonly #paths = new Set<string>();

  /** Call it while the container runs. */
  watch(instance: Instance): void {
    this.#paths.add(dirname(instance.agentSocket));
    for (const folder of findOwnCgroups(instance.pid, containerIdOf(instance)))
      this.#paths.add(folder);
  }

  /** Call it once the machine is disposed of. One sentence each. */
  async find(): Promise<readonly string[]> {
    const { client } = await connectEngine();
    const filters = { label: [`${OWNER_LABEL}=${ownedPrefix()}`] };
    const containers = await client.listContainers({ all: true, filters });
    return [
      ...containers.map(({ Id, State }) => `the container ${Id} (${State}) was left behind`),
      ...(await listOwnImages()).map((name) => `the image ${name} was left behind`),
      ...[...this.#paths].filter(existsSync).map((path) => `${path} was left behind`),
    ];
  }
}
