import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { collectTail } from '../collect-tail.ts';
import type { ContainerEnd } from './container-end.ts';
import type { CellOptions } from './container-options.ts';
import type { Container, EngineClient } from './engine.ts';
import { engineFault, statusOf } from './engine-fault.ts';

/** Enough for what init says before it can reach the host. */
const OUTPUT_TAIL_BYTES = 8 * 1024;
/** 128 and SIGKILL, with which the kernel ends processes when memory is used up. */
const KILLED = 137;

/** A container that was created. Disposing ends and removes it, and waits for that. */
export interface ContainerProcess extends AsyncDisposable {
  readonly id: string;
  /** Never rejects. Settles only if the container was started. */
  readonly ended: Promise<ContainerEnd>;
  /** The last 8 KiB of its own output. */
  output(): string;
  /** Returns the process id of its PID 1 on the host; 0 if it has ended already. */
  start(): Promise<number>;
  /** Whether it was disposed of. */
  readonly isRemoved: boolean;
}

/** Rejects with the client's own error, so that a missing image can be told from the rest. */
export async function createContainer(
  client: EngineClient,
  options: CellOptions,
): Promise<ContainerProcess> {
  const container = await client.createContainer(options);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => endContainer(container));
  const attached = await container.attach({ stream: true, stdout: true, stderr: true });
  const output = collectTail(joinOutput(client, attached), OUTPUT_TAIL_BYTES);
  let isRemoved = false;
  const sinceSeconds = Math.floor(Date.now() / 1000);
  // Asked for before the start, so that no end can be missed.
  const ended = watchEnd(container, async (status) => {
    if (isRemoved || status !== KILLED) return false;
    return await hadOutOfMemory(client, container, sinceSeconds);
  });
  undo.move();
  return {
    id: container.id,
    ended,
    output,
    get isRemoved() {
      return isRemoved;
    },
    async start() {
      // Podman also says that it is missing if it has ended and was removed meanwhile.
      await container.start().catch(throwUnlessMissing);
      const found = await container.inspect().catch(throwUnlessMissing);
      return found?.State.Pid ?? 0;
    },
    async [Symbol.asyncDispose]() {
      isRemoved = true;
      await endContainer(container);
    },
  };
}

/** The engine interleaves both streams of a container without a terminal in frames of its own. */
function joinOutput(client: EngineClient, attached: NodeJS.ReadWriteStream): Readable {
  const joined = new PassThrough();
  client.modem.demuxStream(attached, joined, joined);
  attached.on('error', () => undefined);
  return joined;
}

async function watchEnd(
  container: Container,
  wasKilledForMemory: (status: number) => Promise<boolean>,
): Promise<ContainerEnd> {
  try {
    const { StatusCode: status } = (await container.wait({ condition: 'next-exit' })) as {
      StatusCode: number;
    };
    return { kind: 'ended', status, wasOutOfMemory: await wasKilledForMemory(status) };
  } catch (error) {
    return { kind: 'engine-lost', why: engineFault('wait for a container', error).message };
  }
}

/**
 * The container itself is gone by now, but not what the engine has noted of it. Takes up to a second:
 * the engine counts whole ones, and waits for the last to pass.
 */
async function hadOutOfMemory(
  client: EngineClient,
  { id }: Container,
  sinceSeconds: number,
): Promise<boolean> {
  const events = await client.getEvents({
    since: sinceSeconds,
    until: Math.ceil(Date.now() / 1000),
    filters: { container: [id], event: ['oom'] },
  });
  return (await text(events)).includes(id);
}

/**
 * Ends and removes it, and waits for that. A container that has ended is being removed by the engine at the
 * same time.
 */
export async function endContainer(container: Container): Promise<void> {
  try {
    await removeAtOnce(container);
  } catch (error) {
    const status = statusOf(error);
    // Without an engine there is nothing to be done: it removes the container when it is back.
    if (status === undefined || status === 404) return;
    throw engineFault('remove a container', error);
  }
}

async function removeAtOnce(container: Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    await container.wait({ condition: 'removed' });
  }
}

function throwUnlessMissing(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error;
}
