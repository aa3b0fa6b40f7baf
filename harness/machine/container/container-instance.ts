import type { Instance, MachineExit } from '../machine.ts';
import { waitUntilRead } from '../wait-until-read.ts';
import { describeContainerEnd } from './container-end.ts';
import type { ContainerProcess } from './container-process.ts';
import type { GuestStreams } from './host-sockets.ts';
import type { OwnCgroups } from './own-cgroups.ts';

/** What an Instance is made of. */
export interface InstanceParts {
  readonly container: ContainerProcess;
  readonly cgroups: Pick<OwnCgroups, 'leftovers'>;
  readonly streams: GuestStreams;
}

/** A started container as an Instance, which takes ownership of `resources`. */
export function makeInstance(
  { container, cgroups, streams }: InstanceParts,
  facts: Pick<Instance, 'pid' | 'agentSocket' | 'commandLine' | 'executor'>,
  resources: AsyncDisposableStack,
): Instance {
  return {
    ...facts,
    ...streams,
    hasHostKernel: true,
    exited: waitForExit(container, streams),
    get leftovers() {
      return cgroups.leftovers;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function waitForExit(
  container: ContainerProcess,
  streams: GuestStreams,
): Promise<MachineExit> {
  const end = await container.ended;
  await Promise.all(Object.values(streams).map(waitUntilRead));
  return describeContainerEnd(end, {
    requested: container.isRemoved,
    said: container.output(),
  });
}
