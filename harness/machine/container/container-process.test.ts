import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import { containerOptions } from './container-options.ts';
import { createContainer, endContainer } from './container-process.ts';
import type { Container, EngineClient } from './engine.ts';

const OPTIONS = containerOptions({
  ...{ image: 'i', owner: 'o', ports: '/p', memoryMib: 1, processLimits: [] },
  confinement: { privileged: false, capabilities: [], securityOptions: [] },
});

/** An engine whose container ends with a status, and that has noted that memory was used up. */
function engineOf(status: number) {
  const { promise: ended, resolve: end } = Promise.withResolvers<{ StatusCode: number }>();
  const asked: string[] = [];
  const container = {
    id: 'abc',
    attach: async () => new PassThrough(),
    wait: () => ended,
    start: async () => end({ StatusCode: status }),
    inspect: async () => ({ State: { Pid: 7 } }),
    remove: async () => end({ StatusCode: status }),
  };
  const client = {
    modem: { demuxStream: () => undefined },
    createContainer: async () => container,
    async getEvents({ filters }: { filters: { event: string[] } }) {
      asked.push(...filters.event);
      return Readable.from(['{"id":"abc"}']);
    },
  };
  return { client: client as unknown as EngineClient, asked };
}

describe('the end of a container', () => {
  it('by SIGKILL may have to do with its memory, which the engine is asked for', async () => {
    const { client, asked } = engineOf(137);
    const container = await createContainer(client, OPTIONS);
    expect(await container.start()).to.equal(7);
    expect(await container.ended).to.deep.equal({
      ...{ kind: 'ended', status: 137, wasOutOfMemory: true },
    });
    expect(asked).to.deep.equal(['oom']);
  });

  it('has nothing to do with its memory if it was disposed of, or ended by itself', async () => {
    const disposed = engineOf(137);
    const container = await createContainer(disposed.client, OPTIONS);
    await container[Symbol.asyncDispose]();
    const failed = engineOf(3);
    const other = await createContainer(failed.client, OPTIONS);
    await other.start();
    for (const { ended } of [container, other]) {
      expect(await ended).to.include({ kind: 'ended', wasOutOfMemory: false });
    }
    expect([...disposed.asked, ...failed.asked]).to.deep.equal([]);
  });
});

describe('the removal of a container', () => {
  const answer = (statusCode: number) =>
    Object.assign(new Error(`HTTP ${statusCode}`), { statusCode });

  /** Ends a container that the engine is removing already; the wait for that fails. */
  async function endDuringRemoval(fault: Error): Promise<void> {
    const container = {
      remove: () => Promise.reject(answer(409)),
      wait: () => Promise.reject(fault),
    };
    await endContainer(container as unknown as Container);
  }

  it('is left to an engine that ends while it removes the container', async () => {
    await endDuringRemoval(new Error('read ECONNRESET'));
  });

  it('is done if the container is gone before it could be waited for', async () => {
    await endDuringRemoval(answer(404));
  });

  it('fails as the fault of the engine if the engine says so', async () => {
    const error = await endDuringRemoval(answer(500)).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError);
    expect((error as InfraError).message).to.contain('could not remove a container: HTTP 500');
  });
});
