import type { ProbedFacts } from '../guest-facts.ts';

/**
 * What a kernel with its boot parameters was found to offer, flat, so that facts of several kernels
 * can be laid side by side. A fact that was not found has no key.
 *
 * | key | value |
 * |---|---|
 * | `v1/cpuset` | `ok`, or the errno of mounting its v1 hierarchy |
 * | `v1-named` | the same for a named hierarchy without a controller |
 * | `v2/cpuset` | `ok`, or the errno of enabling it in `cgroup.subtree_control` |
 * | `v1-file/cpu.shares`, `v2-file/memory.peak` | `there`, in a child cgroup |
 * | `mount-option/favordynmods` | `ok`, or the errno of mounting cgroup2 with it |
 * | `proc-cgroups/cpuset` | `enabled` or `disabled`, as `/proc/cgroups` claims |
 * | `psi`, `swap-accounting`, `namespace/user`, `lsm/apparmor` | `there` |
 * | `hz` | timer interrupts per second |
 */
export type FactMap = ReadonlyMap<string, string>;

export function factMapOf(facts: ProbedFacts): FactMap {
  const map = new Map<string, string>();
  for (const [name, outcome] of Object.entries(facts.v1Mounts)) map.set(`v1/${name}`, outcome);
  map.set('v1-named', facts.v1Named);
  for (const [name, outcome] of Object.entries(facts.v2Enables)) map.set(`v2/${name}`, outcome);
  for (const file of facts.v1Files) map.set(`v1-file/${file}`, 'there');
  for (const file of facts.v2Files) map.set(`v2-file/${file}`, 'there');
  for (const [option, outcome] of Object.entries(facts.mountOptions)) {
    map.set(`mount-option/${option}`, outcome);
  }
  for (const [name, claim] of Object.entries(facts.procCgroups)) {
    map.set(`proc-cgroups/${name}`, claim);
  }
  if (facts.psi) map.set('psi', 'there');
  if (facts.swapAccounting) map.set('swap-accounting', 'there');
  for (const name of facts.namespaces) map.set(`namespace/${name}`, 'there');
  for (const name of facts.lsms) map.set(`lsm/${name}`, 'there');
  map.set('hz', String(facts.hz));
  return map;
}

/** Whether a kernel lacks something: it has no such fact, or trying it came to an errno. */
export function isLost(value: string | undefined): boolean {
  return value === undefined || /^E[A-Z0-9]+$|^ERRNO_/.test(value);
}
