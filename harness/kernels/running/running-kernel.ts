/** The files of the kernel that this host runs, for virtual machines. Where distributions put them. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { isReadable } from '../is-readable.ts';
import type { BootableKernel } from '../kernel-image.ts';
import { resolvePathKernel } from '../path-kernel.ts';

/**
 * Throws a UsageError if there is no such file, as on hosts that are containers or that were booted from
 * outside, or if it cannot be read.
 * @param root Where the host's files are; for tests.
 */
export async function resolveRunningKernel(
  root = '/',
  running = release(),
): Promise<BootableKernel> {
  const image = findImage(root, running);
  const config = [
    join(root, 'boot', `config-${running}`),
    join(root, 'lib/modules', running, 'config'),
    join(root, 'proc/config.gz'),
  ].find(isReadable);
  const modules = [join(root, 'lib/modules', running)].find((path) =>
    existsSync(join(path, 'kernel')),
  );
  const kernel = await resolvePathKernel({
    kind: 'path',
    image,
    ...omitUndefined({ config, modules }),
  });
  if (kernel.release !== running) throw otherKernel(image, kernel.release, running);
  return { ...kernel, origin: `this host's running kernel, ${image}` };
}

function findImage(root: string, running: string): string {
  const places = [
    join(root, 'boot', `vmlinuz-${running}`),
    join(root, 'lib/modules', running, 'vmlinuz'),
    join(root, 'boot', `vmlinux-${running}`),
  ];
  const image = places.find(isReadable);
  if (image !== undefined) return image;
  const hidden = places.find((path) => existsSync(path));
  if (hidden !== undefined) throw notReadable(hidden);
  throw new UsageError(
    `the running kernel ${running}: expected its image at ${places.join(' or ')}`,
    {
      code: 'NO_RUNNING_KERNEL',
      remedy:
        "name its files with 'path' if they are elsewhere; a host that is a container, or whose kernel " +
        'comes from outside, has none: use another kernel, or host: {} for guests that are containers',
    },
  );
}

/** Ubuntu makes them readable for root alone. */
function notReadable(path: string): UsageError {
  return new UsageError(`${path}: the running kernel's image is not readable`, {
    code: 'KERNEL_UNREADABLE',
    remedy: `sudo chmod a+r ${path} (until the next update of the kernel)`,
  });
}

/** After an update that has the same name, as Arch Linux does. */
function otherKernel(image: string, found: string, running: string): UsageError {
  return new UsageError(`${image}: expected the running kernel ${running}; found ${found}`, {
    code: 'NO_RUNNING_KERNEL',
    remedy: 'boot the host into its new kernel',
  });
}
