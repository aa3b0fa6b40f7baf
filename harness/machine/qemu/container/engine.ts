/** The container engine of this host, as testcontainers finds it. */
import type { ContainerRuntimeClient } from 'testcontainers';
import { InfraError } from '../../../errors.ts';

export type EngineClient = ContainerRuntimeClient['container']['dockerode'];
export type ContainerCreateOptions = Parameters<EngineClient['createContainer']>[0];

export interface Engine {
  readonly client: EngineClient;
  readonly facts: { readonly name: string; readonly version: string; readonly isRootless: boolean };
}

/** Rejects with an InfraError if none answers. */
export async function connectEngine(): Promise<Engine> {
  // Slow to load, and most runs need no engine.
  const { getContainerRuntimeClient } = await import('testcontainers');
  const { container } = await getContainerRuntimeClient().catch((cause: unknown) => {
    throw new InfraError('no container engine answers', {
      code: 'NO_ENGINE',
      remedy: 'start Docker, or Podman with DOCKER_HOST set to its socket',
      cause,
    });
  });
  const client = container.dockerode;
  const [info, { Version }] = await Promise.all([client.info(), client.version()]);
  const isRootless = (info.SecurityOptions as string[] | undefined)?.includes('name=rootless');
  return { client, facts: { name: 'Docker', version: Version, isRootless: isRootless === true } };
}
