import { isAbandoned } from '../owner.ts';
import type { EngineClient } from './engine.ts';
import { engineFault, statusOf } from './engine-fault.ts';
import { removeImage } from './images.ts';
import { IMAGE_LABEL, OWNER_LABEL } from './labels.ts';

/** How much was removed. */
export interface Swept {
  readonly containers: number;
  readonly images: number;
}

/**
 * Removes the containers and images of processes that were killed. Containers end by themselves when
 * their process does; only an engine that was killed, too, keeps some.
 */
export async function removeAbandonedContainers(client: EngineClient): Promise<Swept> {
  try {
    const containers = await client.listContainers({
      all: true,
      filters: { label: [OWNER_LABEL] },
    });
    const abandoned = containers.filter(({ Labels }) => isAbandoned(Labels[OWNER_LABEL] ?? ''));
    for (const { Id } of abandoned) await removeContainer(client, Id);
    const images = await client.listImages({ filters: { label: [IMAGE_LABEL] } });
    const references = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter(isOfAbandoned);
    for (const reference of references) await removeImage(client, reference);
    return { containers: abandoned.length, images: references.length };
  } catch (error) {
    throw engineFault('remove what killed processes left', error);
  }
}

export async function removeContainer(client: EngineClient, id: string): Promise<void> {
  try {
    await client.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    const status = statusOf(error);
    // Another process removes it, too.
    if (status !== 404 && status !== 409) throw error;
  }
}

/** Those with QEMU stay for later runs: their tags name no process. */
function isOfAbandoned(reference: string): boolean {
  return isAbandoned(reference.slice(reference.lastIndexOf(':') + 1));
}
