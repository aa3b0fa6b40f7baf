/** What kmx keeps in an engine, for those who want it back: images for later runs, and what was left. */
import { isAbandoned, isOwned } from '../owner.ts';
import type { EngineClient } from './engine.ts';
import { engineFault, statusOf } from './engine-fault.ts';
import { IMAGE_LABEL, OWNER_LABEL } from './labels.ts';
import { removeContainer } from './sweep.ts';

/** A container whose process was killed, or an image that no process uses. */
export interface Leftover {
  readonly kind: 'container' | 'image';
  readonly id: string;
  /** For people: the image's name and tag, or what is left of it. */
  readonly name: string;
  /** Of an image; layers that it shares with others count, too. */
  readonly bytes?: number;
}

export interface Leftovers {
  readonly unused: readonly Leftover[];
  /** How many containers and images belong to processes that run. */
  readonly used: number;
}

/** Throws an InfraError if the engine does not say. */
export async function findLeftovers(client: EngineClient): Promise<Leftovers> {
  try {
    const [containers, images] = await Promise.all([
      client.listContainers({ all: true, filters: { label: [OWNER_LABEL] } }),
      client.listImages({ filters: { label: [IMAGE_LABEL] } }),
    ]);
    const left = containers.filter(({ Labels }) => isAbandoned(Labels[OWNER_LABEL] ?? ''));
    const owned = new Set(
      containers.filter((one) => !left.includes(one)).map(({ ImageID }) => ImageID),
    );
    const unusedImages = images.filter(
      ({ Id, RepoTags }) => !owned.has(Id) && !(RepoTags ?? []).some(isOfRunning),
    );
    return {
      unused: [
        ...left.map(({ Id, Names }) => container(Id, Names[0])),
        ...unusedImages.map(({ Id, RepoTags, Size }) => image(Id, RepoTags?.[0], Size)),
      ],
      used: containers.length - left.length + images.length - unusedImages.length,
    };
  } catch (error) {
    throw engineFault('list what kmx keeps in it', error);
  }
}

/** Containers first: an image cannot go before them. What another process uses by now stays. */
export async function removeLeftovers(
  client: EngineClient,
  leftovers: readonly Leftover[],
): Promise<void> {
  const containers = leftovers.filter(({ kind }) => kind === 'container');
  try {
    for (const { id } of containers) await removeContainer(client, id);
    for (const { id } of leftovers.filter(({ kind }) => kind === 'image')) {
      await removeImageOf(client, id);
    }
  } catch (error) {
    throw engineFault('remove what kmx keeps in it', error);
  }
}

/** With all its names. */
async function removeImageOf(client: EngineClient, id: string): Promise<void> {
  try {
    const { RepoTags } = await client.getImage(id).inspect();
    for (const name of RepoTags.length === 0 ? [id] : RepoTags)
      await client.getImage(name).remove();
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw error;
  }
}

/** Images that are for one process have its name as tag; those with QEMU stay for later runs. */
function isOfRunning(reference: string): boolean {
  const tag = reference.slice(reference.lastIndexOf(':') + 1);
  return isOwned(tag) && !isAbandoned(tag);
}

function container(id: string, name = ''): Leftover {
  return { kind: 'container', id, name: `${id.slice(0, 12)} ${name.replace(/^\//, '')}`.trim() };
}

function image(id: string, name = '<none>:<none>', bytes = 0): Leftover {
  const isNamed = !name.startsWith('<none>');
  return {
    kind: 'image',
    id,
    name: isNamed ? name : id.replace(/^sha256:/, '').slice(0, 12),
    bytes,
  };
}
