import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { containerOptions } from './container-options.ts';
import { createContainer } from './container-process.ts';
import type { EngineClient } from './engine.ts';

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
