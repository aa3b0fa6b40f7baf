import type { LockFacts } from '../../events.ts';

/** What has changed in archives and registries since a lock was written. */
export type Staleness = Required<Pick<LockFacts, 'outdated' | 'missing' | 'gone' | 'unknown'>>;
