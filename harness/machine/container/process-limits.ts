import { readFileSync } from 'node:fs';
import type { ContainerOptions } from './engine.ts';
import type { EngineFacts } from './engine-facts.ts';

export type ProcessLimits = readonly Ulimit[];
type Ulimit = NonNullable<NonNullable<ContainerOptions['HostConfig']>['Ulimits']>[number];

/**
 * Podman as root gives containers 1048576 open files and 4194304 processes unless it is told
 * otherwise, and cannot start any where it lacks CAP_SYS_RESOURCE, which raising a limit takes.
 * Those of this process, which may do no more, are granted everywhere. Other engines pass on their
 * own.
 */
export function processLimits(engine: Pick<EngineFacts, 'name' | 'isRootless'>): ProcessLimits {
  if (engine.name !== 'Podman' || engine.isRootless) return [];
  const pidMax = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
  return readProcessLimits(readFileSync('/proc/self/limits', 'utf8'), pidMax);
}

/**
 * Pure.
 * @param text As in `/proc/self/limits` (proc(5)).
 * @param pidMax There cannot be more processes, and Podman has lowered its own limit to this.
 */
export function readProcessLimits(text: string, pidMax: number): ProcessLimits {
  const read = (Name: string, title: string, max: number): Ulimit | undefined => {
    const [, soft, hard] = new RegExp(`^${title} +(\\w+) +(\\w+) `, 'm').exec(text) ?? [];
    if (soft === undefined || hard === undefined) return undefined;
    return { Name, Soft: atMost(soft, max), Hard: atMost(hard, max) };
  };
  const openFiles = read('nofile', 'Max open files', Number.MAX_SAFE_INTEGER);
  const processes = read('nproc', 'Max processes', pidMax);
  return [openFiles, processes].filter((limit) => limit !== undefined);
}

function atMost(limit: string, max: number): number {
  return limit === 'unlimited' ? max : Math.min(Number(limit), max);
}
