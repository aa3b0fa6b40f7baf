import type { ProcessTarget } from '../agent.ts';

/** How the protocol names a process: the id of a container's first one is that of the container. */
export function processId({ container, process }: ProcessTarget) {
  return { containerId: container, execId: process ?? container };
}
