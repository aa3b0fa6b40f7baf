import { readFile } from 'node:fs/promises';
import { InfraError } from '../../../errors.ts';

/**
 * The process id on this host of a child of a container's process.
 * @param parent Its process id on this host.
 * @param inner The child's process id, as the container counts.
 */
export async function findHostPid(parent: number, inner: number): Promise<number> {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(
    () => '',
  );
  for (const pid of children.split(' ').filter((word) => word !== '')) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (innermostPid(status) === inner) return Number(pid);
  }
  throw new InfraError(`the process ${inner} of a container cannot be found on this host`, {
    code: 'MACHINE_NOT_STARTED',
    remedy: 'run kmx on the host of the container engine',
  });
}

/** proc(5): NSpid has the process id in each namespace, the innermost last. */
export function innermostPid(status: string): number | undefined {
  const ids = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t');
  return ids === undefined ? undefined : Number(ids.at(-1));
}
