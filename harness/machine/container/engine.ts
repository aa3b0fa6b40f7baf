/**
 * The container engine of this host. This is the only file that imports testcontainers, and it does
 * so when an engine is first needed: loading the library takes half a second.
 */
import type { ContainerRuntimeClient } from 'testcontainers';
import { InfraError } from '../../errors.ts';
import { type EngineLack, namedEngineLack, usualEngineLack } from './engine-address.ts';
import { type EngineFacts, readEngineFacts } from './engine-facts.ts';

type ContainerClient = ContainerRuntimeClient['container'];
/** The client of the engine's interface that testcontainers brings along. */
export type EngineClient = ContainerClient['dockerode'];
export type Container = ReturnType<ContainerClient['getById']>;
export type ContainerOptions = Parameters<ContainerClient['create']>[0];

export interface Engine {
  readonly facts: EngineFacts;
  readonly client: EngineClient;
}

/** The engine that DOCKER_HOST names, or that listens at a usual place. Rejects with an InfraError. */
export async function connectEngine(): Promise<Engine> {
  const lack = await namedEngineLack(process.env);
  if (lack !== undefined) throw noEngine(lack);
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    const client = (await getContainerRuntimeClient()).container.dockerode;
    const [info, version] = await Promise.all([client.info(), client.version()]);
    return { facts: readEngineFacts(info, version), client };
  } catch (error) {
    if (error instanceof InfraError) throw error;
    throw noEngine(await usualEngineLack(process.env), error);
  }
}

function noEngine({ found, remedy }: EngineLack, cause?: unknown): InfraError {
  return new InfraError(`no container engine can be used: ${found}`, {
    code: 'NO_ENGINE',
    remedy,
    cause,
  });
}
