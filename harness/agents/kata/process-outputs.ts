import type { ProcessTarget } from '../agent.ts';
import type { TtrpcConnection } from './connection.ts';
import { processId } from './process-id.ts';
import { ProcessOutput } from './process-output.ts';

/** The output of every process that one connection has started. */
export interface ProcessOutputs {
  /** The process has been started: reads what it prints from now on. */
  begin(target: ProcessTarget): void;
  find(target: ProcessTarget): ProcessOutput | undefined;
  /** The container is about to be removed, with all of its processes. */
  expectRemoval(container: string): void;
}

/** @param timeoutMs How long a reader waits who does not say how long */
export function createProcessOutputs(
  connection: TtrpcConnection,
  timeoutMs: number,
): ProcessOutputs {
  const containers = new Map<string, Map<string, ProcessOutput>>();
  return {
    begin(target) {
      const { containerId, execId } = processId(target);
      const processes = containers.get(containerId) ?? new Map<string, ProcessOutput>();
      processes.set(execId, new ProcessOutput(connection, target, timeoutMs));
      containers.set(containerId, processes);
    },
    find(target) {
      const { containerId, execId } = processId(target);
      return containers.get(containerId)?.get(execId);
    },
    expectRemoval(container) {
      for (const output of containers.get(container)?.values() ?? []) output.expectForgotten();
    },
  };
}
