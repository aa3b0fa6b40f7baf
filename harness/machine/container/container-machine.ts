import type { Machine } from '../machine.ts';
import { ownedPrefix } from '../owner.ts';
import type { ContainerMachineOptions } from './container-settings.ts';
import { connectEngine } from './engine.ts';
import { describeEngine } from './engine-facts.ts';
import { Images } from './images.ts';
import { KernelLog } from './kernel-log.ts';
import { removeCgroups } from './own-cgroups.ts';
import { confine, describePrivileges } from './privileges.ts';
import { processLimits } from './process-limits.ts';
import { startContainer } from './start-container.ts';
import { removeAbandonedContainers } from './sweep.ts';

const START_TIMEOUT_MS = 20_000;

/** Disposing removes its images; its containers are removed with their instances. */
export interface ContainerMachine extends Machine, AsyncDisposable {
  /** For people: `Docker 20.10.24`. */
  readonly engine: string;
  /** Of the engine. */
  readonly version: string;
  /** What its containers may do that an ordinary process may not, with the reasons. */
  readonly privileges: readonly string[];
  /** Why nobody is told what the host's kernel reports; undefined if its log can be read. */
  readonly kernelLogFault: string | undefined;
}

/**
 * Guests in containers, on the kernel of the host. Rejects with an InfraError if there is no
 * container engine. Removes what killed processes left to the engine.
 *
 *     await using machine = await createContainerMachine();
 *     await using instance = await machine.boot({ kind: 'container', layers, memoryMib: 256 });
 *
 * `boot` resolves once the container runs and init is connected. A failure before that rejects with
 * an InfraError: the machine could not start. From then on, `exited` tells how the guest ended.
 */
export async function createContainerMachine(
  options: ContainerMachineOptions = {},
): Promise<ContainerMachine> {
  const { privileged = false, temporaryDirectory, sparesAhead = 1 } = options;
  const { startTimeoutMs = START_TIMEOUT_MS } = options;
  const engine = await connectEngine();
  await removeAbandonedContainers(engine.client);
  const owner = ownedPrefix();
  const images = new Images(engine.client, owner);
  const confinement = confine(engine.facts, privileged);
  const kernelLog = new KernelLog();
  const leftCgroups = new Set<string>();
  const settings = {
    ...{ engine, images, owner, confinement, kernelLog, leftCgroups },
    ...{ temporaryDirectory, startTimeoutMs, processLimits: processLimits(engine.facts) },
  };
  return {
    engine: describeEngine(engine.facts),
    version: engine.facts.version,
    privileges: describePrivileges(engine.facts, privileged),
    kernelLogFault: kernelLog.fault,
    sparesAhead,
    async expect(spec) {
      if (spec.kind === 'container') await images.send(spec.layers);
    },
    async boot(spec) {
      if (spec.kind !== 'container') throw new Error(`Expected a container, found a ${spec.kind}`);
      return await startContainer(settings, spec);
    },
    async [Symbol.asyncDispose]() {
      // Whoever was in them may have ended since; whatever stays now was told with its guest.
      await removeCgroups(leftCgroups);
      await images[Symbol.asyncDispose]();
    },
  };
}
