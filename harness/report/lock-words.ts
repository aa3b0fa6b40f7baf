import type { LockFacts } from '../events.ts';
import { count } from '../phrases.ts';

/** What readers should know of a run's lock, one sentence each; none if nothing has changed. */
export function describeLock({
  outdated,
  missing,
  unknown,
  differs = [],
}: LockFacts): readonly string[] {
  const newer = outdated.map(({ name, locked, newest }) => `${name} ${locked} → ${newest}`);
  const gone = missing.map(
    ({ name, package: own, since }) => `${name} (${own}, since ${since.slice(0, 10)})`,
  );
  return [
    ...(newer.length === 0
      ? []
      : [`${count(newer.length, 'kernel')} outdated: ${newer.join(', ')}`]),
    ...(gone.length === 0
      ? []
      : [`${count(gone.length, 'package')} no longer listed by the archive: ${gone.join(', ')}`]),
    ...(differs.length === 0 ? [] : [`not used as locked: ${differs.join(', ')}`]),
    ...unknown.map((why) => `cannot tell what is outdated: ${why}`),
  ];
}
