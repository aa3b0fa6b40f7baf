import type { LockFacts } from '../../events.ts';

/** What has changed since a lock was written, by kernel. */
export type Staleness = Required<Pick<LockFacts, 'outdated' | 'missing' | 'gone' | 'unknown'>>;
