import type { CgroupMode } from '../matrix/cell.ts';

/**
 * What the host of a container offers, apart from what its kernel was built with. A container can use no
 * hierarchy of v1 that its host does not have, and enable no controller of v2 that the host has elsewhere.
 */
export interface HostControllers {
  readonly v1: ReadonlySet<string>;
  readonly v2: ReadonlySet<string>;
  /** False if the engine may keep some from its containers, as one without root's rights does. */
  readonly isAllGranted: boolean;
}

/** A controller that a host lacks, by the fact that asks for it. */
export interface NotOnHost {
  readonly kind: 'not-on-host';
  readonly controller: string;
  readonly version: 'v1' | 'v2';
}

/** @param facts As in needs/features.yaml: `v1/cpuset`, `v2/memory`; others say nothing. */
export function missingOnHost(
  facts: readonly string[],
  cgroup: CgroupMode,
  host: HostControllers,
): readonly NotOnHost[] {
  const version = cgroup === 'v2' ? 'v2' : 'v1';
  return facts.flatMap((fact): readonly NotOnHost[] => {
    const [of, controller] = fact.split('/', 2);
    if (of !== version || controller === undefined || host[version].has(controller)) return [];
    return [{ kind: 'not-on-host', controller, version }];
  });
}
