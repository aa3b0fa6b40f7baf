import { readFile } from 'node:fs/promises';

/**
 * The process id on this host of a child of a container's process; undefined if there is no such child
 * any more, or if the container runs on another host.
 * @param parent Its process id on this host.
 * @param inner The child's process id, as the container counts.
 */
export async function findHostPid(parent: number, inner: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(
    () => '',
  );
  for (const pid of children.split(' ').filter((word) => word !== '')) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (innermostPid(status) === inner) return Number(pid);
  }
  return undefined;
}

/** proc(5): NSpid has the process id in each namespace, the innermost last. */
export function innermostPid(status: string): number | undefined {
  const ids = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t');
  return ids === undefined ? undefined : Number(ids.at(-1));
}
