import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import pTimeout from 'p-timeout';
import { InfraError } from '../../../errors.ts';
import type { ContainerOptions, EngineClient } from '../../container/engine.ts';
import { engineFault, statusOf } from '../../container/engine-fault.ts';
import type { Port } from '../../port.ts';

/** Disposing ends it and waits until the engine has removed it. */
export interface StartedContainer extends AsyncDisposable {
  /** Of its first process, as this host counts. */
  readonly pid: number;
}

/** The engine may have much else to do. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a container that is removed when it ends, and waits until its spawner says that it is
 * ready. Rejects with an InfraError if that does not happen.
 * @param owner What the spawner connects to; it ends with the connection.
 */
export async function startContainer(
  client: EngineClient,
  settings: ContainerOptions,
  owner: Port,
): Promise<StartedContainer> {
  await using resources = new AsyncDisposableStack();
  try {
    const container = await client.createContainer(settings);
    resources.defer(() => remove(container));
    const output = await collectOutput(client, container);
    await container.start();
    // Asked for before it can end.
    const removed = container.wait({ condition: 'removed' }).catch(() => {});
    const ended = removed.then(() => {
      throw notStarted(output() || 'it ended at once');
    });
    await pTimeout(Promise.race([isReady(owner), ended]), {
      milliseconds: START_TIMEOUT_MS,
      fallback(): never {
        throw notStarted(output() || `it was not ready within ${START_TIMEOUT_MS} ms`);
      },
    });
    ended.catch(() => {});
    const { State } = await container.inspect();
    const owned = resources.move();
    return {
      pid: State.Pid,
      async [Symbol.asyncDispose]() {
        await owner[Symbol.asyncDispose]();
        await owned.disposeAsync();
        await removed;
      },
    };
  } catch (error) {
    throw engineFault('start the container for QEMU', error);
  }
}

/** The spawner says so with a line. */
async function isReady(owner: Port): Promise<void> {
  await once(await owner.connected, 'data');
}

type Container = Awaited<ReturnType<EngineClient['createContainer']>>;

async function collectOutput(client: EngineClient, container: Container): Promise<() => string> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  const output = new PassThrough();
  client.modem.demuxStream(stream, output, output);
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-2048);
  });
  return () => text.trim();
}

async function remove(container: Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    const status = statusOf(error);
    // The engine is gone, and the container with it; or it is just removing it, or has done so.
    if (status === undefined || status === 404 || status === 409) return;
    throw engineFault('remove the container for QEMU', error);
  }
}

function notStarted(why: string): InfraError {
  return new InfraError(`the container for QEMU could not be started: ${why}`, {
    code: 'CONTAINER_NOT_STARTED',
    remedy: 'check that the container engine works; it must see the folders of this host',
  });
}
