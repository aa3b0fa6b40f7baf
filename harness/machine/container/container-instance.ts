import type { Readable } from 'node:stream';
import type { GuestStreams } from '../guest-ports.ts';
import type { Instance, MachineExit } from '../machine.ts';
import { waitUntilRead } from '../wait-until-read.ts';
import { describeContainerEnd } from './container-end.ts';
import type { ContainerProcess } from './container-process.ts';
import type { GuestConsole } from './guest-console.ts';
import type { OwnCgroups } from './own-cgroups.ts';

/** What an Instance is made of. */
export interface InstanceParts {
  readonly container: ContainerProcess;
  readonly guestConsole: GuestConsole;
  readonly cgroups: Pick<OwnCgroups, 'leftovers'>;
  readonly streams: GuestStreams;
}

/** A started container as an Instance, which takes ownership of `resources`. */
export function makeInstance(
  { container, guestConsole, cgroups, streams: sockets }: InstanceParts,
  facts: Pick<Instance, 'pid' | 'agentSocket' | 'toolSocket' | 'commandLine' | 'executor'>,
  resources: AsyncDisposableStack,
): Instance {
  const streams = { ...sockets, console: guestConsole.stream };
  return {
    ...facts,
    ...streams,
    hasHostKernel: true,
    countConsoleBytes: () => guestConsole.countBytes(),
    exited: waitForExit(container, streams, () => guestConsole.hasEndedForMemory(facts.pid)),
    get leftovers() {
      return cgroups.leftovers;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function waitForExit(
  container: ContainerProcess,
  streams: Readonly<Record<string, Readable>>,
  hasEndedForMemory: () => boolean | undefined,
): Promise<MachineExit> {
  const end = await container.ended;
  const endedForMemory = hasEndedForMemory();
  await Promise.all(Object.values(streams).map(waitUntilRead));
  return describeContainerEnd(end, {
    requested: container.isRemoved,
    said: container.output(),
    endedForMemory,
  });
}
