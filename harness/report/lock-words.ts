import type { LockFacts } from '../events.ts';
import { count } from '../phrases.ts';

/** What readers should know of a run's lock, one sentence each; none if nothing has changed. */
export function describeLock({
  outdated,
  missing,
  gone = [],
  unknown,
  differs = [],
}: LockFacts): readonly string[] {
  const newer = outdated.map(({ name, locked, newest }) =>
    shortenDigests(`${name} ${locked} → ${newest}`),
  );
  const unlisted = missing.map(
    ({ name, package: own, since }) => `${name} (${own}, since ${dayOf(since)})`,
  );
  const images = gone.map(({ name, image, digest, since }) =>
    shortenDigests(`${name} (${image}@${digest}, since ${dayOf(since)})`),
  );
  const sentence = (names: readonly string[], noun: string, what: string): readonly string[] =>
    names.length === 0 ? [] : [`${count(names.length, noun)} ${what}: ${names.join(', ')}`];
  return [
    ...sentence(newer, 'kernel', 'outdated'),
    ...sentence(unlisted, 'package', 'no longer listed by the archive'),
    ...sentence(images, 'image', 'no longer there'),
    ...(differs.length === 0 ? [] : [`not used as locked: ${differs.join(', ')}`]),
    ...unknown.map((why) => `cannot tell what is outdated: ${why}`),
  ];
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}

/** Twelve digits tell images apart, and a lock has the rest. */
export function shortenDigests(text: string): string {
  return text.replace(/\bsha256:([0-9a-f]{12})[0-9a-f]{52}\b/g, 'sha256:$1');
}
