import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import type { TemplateMachine, VmSpec } from '../../machine/machine.ts';
import { describeEntry } from '../../prepare/initramfs.ts';
import type { PreparedCell, PreparedVm } from '../../prepare/prepare-cell.ts';

/** Changes when templates are made differently. */
const FORMAT = 1;

export interface TemplateKeys {
  /** For a guest saved when init was ready: all cells of one kernel and config share it. */
  readonly l1: string;
  /** For a guest saved when its agent was healthy. */
  readonly l2: string;
}

interface KeyedBy {
  readonly machine: TemplateMachine;
  readonly spec: VmSpec;
  readonly vm: PreparedVm;
  readonly prepared: PreparedCell;
}

/**
 * The keys of a cell's templates in the cache. They cover everything that a saved guest is made
 * from, so that another input gives another template.
 */
export function templateKeys({ machine, spec, vm: { bare }, prepared }: KeyedBy): TemplateKeys {
  const { cell, agentFiles, agent, leaveUnmounted, kernel } = prepared;
  const l1 = digestOf(JSON.stringify([FORMAT, machine.identity(spec), bare.digest]));
  const l2 = digestOf(
    JSON.stringify([l1, cell.cgroup, leaveUnmounted, agentFiles.map(describeEntry), agent]),
  );
  const name = kernel.release.replaceAll(/[^\w.+-]/g, '_');
  return {
    l1: `templates/${name}-L1-${nameOfDigest(l1)}`,
    l2: `templates/${name}-L2-${nameOfDigest(l2)}`,
  };
}
