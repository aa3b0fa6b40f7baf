import type { ProcessTarget } from '../agent.ts';

/** A process in the protocol's terms: a container's first process has the container's id. */
export function processId({ container, process }: ProcessTarget) {
  return { containerId: container, execId: process ?? container };
}
