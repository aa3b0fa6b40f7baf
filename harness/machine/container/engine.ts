/**
 * The container engine of this host. This is the only file that imports testcontainers, and it does
 * so when an engine is first needed, and just the part that finds it: loading that takes a fifth of a
 * second, and loading everything twice as long.
 */
import type { ContainerRuntimeClient } from 'testcontainers/build/container-runtime/index.js';
import { InfraError } from '../../errors.ts';
import { failCutResponses } from './cut-responses.ts';
import {
  type EngineLack,
  namedEngineLack,
  namedSocket,
  silentEngineLack,
  usualEngineLack,
} from './engine-address.ts';
import { type EngineFacts, readEngineFacts } from './engine-facts.ts';

type ContainerClient = ContainerRuntimeClient['container'];
/** The client of the engine's interface that testcontainers brings along. */
export type EngineClient = ContainerClient['dockerode'];
export type Container = ReturnType<ContainerClient['getById']>;
export type ContainerOptions = Parameters<ContainerClient['create']>[0];

export interface Engine {
  readonly facts: EngineFacts;
  readonly client: EngineClient;
  /** Of the unix socket that it listens at. */
  readonly socketPath: string;
}

/**
 * Finds Docker or Podman as testcontainers does: DOCKER_HOST, its own settings, then the usual
 * sockets. Rejects with an InfraError if none answers, or if it runs on another host: guests are
 * reached through unix sockets of this one.
 */
export async function connectEngine(): Promise<Engine> {
  // If it does not answer, testcontainers would take another one.
  const lack = await namedEngineLack(process.env);
  if (lack !== undefined) throw noEngine(lack);
  failCutResponses();
  const client = await findClient();
  // `modem` has no type: https://github.com/apocas/docker-modem, lib/modem.js.
  const { socketPath, host } = client.modem as { socketPath?: string; host?: string };
  if (socketPath === undefined) {
    throw new InfraError(`the container engine is not on this host: ${host}`, {
      code: 'ENGINE_ELSEWHERE',
      remedy: 'set DOCKER_HOST to the unix socket of an engine on this host',
    });
  }
  const named = namedSocket(process.env);
  if (named !== undefined && named !== socketPath) throw noEngine(silentEngineLack(named));
  const [info, version] = await Promise.all([client.info(), client.version()]).catch(
    (cause: unknown) => {
      throw noEngine(silentEngineLack(socketPath), cause);
    },
  );
  return { facts: readEngineFacts(info, version), client, socketPath };
}

async function findClient(): Promise<EngineClient> {
  // It would look for an address to reach ports of containers at: in a network of the engine, which
  // there may not be, and with an image from a registry. Guests have no ports.
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= 'localhost';
  const { getContainerRuntimeClient } = await import(
    'testcontainers/build/container-runtime/index.js'
  );
  try {
    return (await getContainerRuntimeClient()).container.dockerode;
  } catch (cause) {
    const named = namedSocket(process.env);
    throw noEngine(
      named === undefined ? await usualEngineLack(process.env) : silentEngineLack(named),
      cause,
    );
  }
}

function noEngine({ found, remedy }: EngineLack, cause?: unknown): InfraError {
  return new InfraError(`no container engine can be used: ${found}`, {
    code: 'NO_ENGINE',
    remedy,
    cause,
  });
}
