/**
 * When symbols that are often asked for came and went. A tree tells only that it does not have a symbol; this tells
 * in which trees to find it. Versions are those of mainline; init/Kconfig, mm/Kconfig, kernel/Kconfig.preempt and
 * arch/x86/Kconfig of the versions named, and the commits that split or removed a symbol.
 */
import { compareVersions } from '../kernel-version.ts';

/** Versions of Linux from which a symbol is there, or no longer there. */
export interface SymbolHistory {
  /** First version that has it: `6.11`. */
  readonly since?: string;
  /** First version that lacks it. */
  readonly until?: string;
  /** What happened, for people; fits after "in 6.11": `split from MEMCG`. */
  readonly note?: string;
}

/** By symbol. */
export type SymbolHistories = ReadonlyMap<string, SymbolHistory>;

export const SYMBOL_HISTORIES: SymbolHistories = new Map<string, SymbolHistory>([
  ['BLK_CGROUP_FC_APPID', { since: '5.14' }],
  ['BLK_CGROUP_IOPRIO', { since: '5.14' }],
  ['CFQ_GROUP_IOSCHED', { until: '5.0', note: 'BFQ_GROUP_IOSCHED is the one that is left' }],
  ['CGROUP_DMEM', { since: '6.14' }],
  ['CGROUP_FAVOR_DYNMODS', { since: '6.0' }],
  ['CGROUP_MISC', { since: '5.13' }],
  ['CPUSETS_V1', { since: '6.12', note: 'split from CPUSETS' }],
  ['EMBEDDED', { until: '6.6', note: 'EXPERT shows what it showed' }],
  ['EXT_GROUP_SCHED', { since: '6.12' }],
  ['GROUP_SCHED_BANDWIDTH', { since: '6.17' }],
  ['GROUP_SCHED_WEIGHT', { since: '6.12' }],
  ['IOSCHED_CFQ', { until: '5.0', note: 'IOSCHED_BFQ is the one that is left' }],
  ['IOSCHED_DEADLINE', { until: '5.0', note: 'MQ_IOSCHED_DEADLINE took its place' }],
  ['MEMCG_KMEM', { until: '6.11', note: 'always on with MEMCG' }],
  ['MEMCG_SWAP', { until: '6.1', note: 'always on with MEMCG and SWAP' }],
  ['MEMCG_V1', { since: '6.11', note: 'split from MEMCG' }],
  ['MITIGATION_PAGE_TABLE_ISOLATION', { since: '6.9', note: 'PAGE_TABLE_ISOLATION before' }],
  ['MITIGATION_RETPOLINE', { since: '6.9', note: 'RETPOLINE before' }],
  ['PAGE_TABLE_ISOLATION', { until: '6.9', note: 'renamed to MITIGATION_PAGE_TABLE_ISOLATION' }],
  ['PREEMPT_LAZY', { since: '6.13' }],
  ['RETPOLINE', { until: '6.9', note: 'renamed to MITIGATION_RETPOLINE' }],
  ['RT_GROUP_SCHED_DEFAULT_DISABLED', { since: '6.16' }],
  ['SCHED_CLASS_EXT', { since: '6.12' }],
  ['SCHED_CORE', { since: '5.14' }],
  ['SLAB', { until: '6.8', note: 'SLUB is the only allocator' }],
  ['SLOB', { until: '6.4', note: 'SLUB_TINY took its place' }],
  ['SLUB_TINY', { since: '6.2' }],
]);

/** Why a kernel of this version lacks the symbol; undefined if its history does not say. */
export function explainAbsence(
  { since, until }: SymbolHistory,
  version: string,
): 'not-yet' | 'removed' | undefined {
  if (since !== undefined && (compareVersions(version, since) ?? 0) < 0) return 'not-yet';
  if (until !== undefined && (compareVersions(version, until) ?? -1) >= 0) return 'removed';
  return undefined;
}
