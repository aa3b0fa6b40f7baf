import { AssertionError } from 'chai';
import { GuestError } from '../../harness/channel/channel-fault.ts';
import { openCgroup } from './cgroup.ts';
import type { TestGuest } from './guest.ts';

/**
 * Waits until the container has no cgroups: on v2, agents may answer a call before the cgroup is
 * gone. The time it took is printed to the cell's worker.log.
 */
export async function expectNoCgroups(
  guest: TestGuest,
  container: string,
  call: 'RemoveContainer' | 'CreateContainer' = 'RemoveContainer',
): Promise<void> {
  const beginMs = performance.now();
  await guest.eventually(async () => {
    const left = await findCgroups(guest, container);
    if (left.length === 0) return;
    throw new AssertionError(`${left.join(', ')}: left behind by ${call}`, {
      expected: [],
      actual: left,
      cause: `${call} leaves a cgroup behind`,
    });
  });
  const afterMs = Math.round(performance.now() - beginMs);
  process.stdout.write(`${container}: no cgroup left ${afterMs} ms after ${call}\n`);
}

/** The directories of a container's cgroup that exist in the guest. */
async function findCgroups(
  { inside, facts }: TestGuest,
  container: string,
): Promise<readonly string[]> {
  const folders = facts.controllers.map((name) =>
    openCgroup(inside, facts.cgroup, container).folder(name),
  );
  const found: string[] = [];
  for (const folder of new Set(folders)) {
    const isThere = await inside.listDirectory(folder).then(
      () => true,
      (error: unknown) => {
        if (error instanceof GuestError && error.code === 'ENOENT') return false;
        throw error;
      },
    );
    if (isThere) found.push(folder);
  }
  return found;
}
