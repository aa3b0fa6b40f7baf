import type { Instance, MachineExit } from '../machine.ts';
import { waitUntilRead } from '../wait-until-read.ts';
import { describeContainerEnd } from './container-end.ts';
import type { ContainerProcess } from './container-process.ts';
import type { GuestStreams } from './host-sockets.ts';

/** A started container as an Instance, which takes ownership of `resources`. */
export function makeInstance(
  container: ContainerProcess,
  streams: GuestStreams,
  facts: Pick<Instance, 'pid' | 'agentSocket' | 'commandLine' | 'executor'>,
  resources: AsyncDisposableStack,
): Instance {
  return {
    ...facts,
    ...streams,
    hasHostKernel: true,
    exited: waitForExit(container, streams),
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
