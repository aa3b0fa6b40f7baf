import type { ProcessTarget } from '../agent.ts';
import type { TtrpcConnection } from './connection.ts';
import { processId } from './process-id.ts';
import { ProcessOutput } from './process-output.ts';

/** The output of all processes started through one connection. */
export interface ProcessOutputs {
  /** Starts reading the output of a process that has just been started. */
  begin(target: ProcessTarget): void;
  find(target: ProcessTarget): ProcessOutput | undefined;
  /** Tells the outputs of a container that its processes are about to become unknown. */
  expectRemoval(container: string): void;
}

/** @param timeoutMs Default limit of a read */
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
