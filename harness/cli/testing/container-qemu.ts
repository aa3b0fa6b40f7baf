/** QEMU in a container, as tests use it. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { provideQemuRoot } from '../../images/qemu-root.ts';
import {
  type ContainerQemu,
  createContainerQemu,
} from '../../machine/qemu/container/container-qemu.ts';
import { spawner } from '../project.ts';

/** @param temporaryDirectory For everything that it creates. */
export async function testContainerQemu(
  temporaryDirectory: string,
  files: readonly string[] = [],
): Promise<ContainerQemu> {
  const root = cacheRoot(process.env);
  const context = { cacheRoot: root, onProgress: () => {} };
  return await createContainerQemu({
    root: await provideQemuRoot(['trixie'], context),
    ...{ spawner, cacheRoot: root, files, temporaryDirectory },
  });
}
