import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { InfraError } from '../../../errors.ts';
import type { EngineClient } from '../../container/engine.ts';
import type { Port } from '../../port.ts';
import { startContainer } from './start-container.ts';

/** An engine that answers a removal with an error. */
function engineWith(fault: Error): EngineClient {
  const { promise: removed, reject } = Promise.withResolvers<void>();
  const container = {
    attach: async () => new PassThrough(),
    start: async () => undefined,
    wait: () => removed,
    inspect: async () => ({ State: { Pid: 7 } }),
    async remove() {
      reject(fault);
      throw fault;
    },
  };
  const client = {
    modem: { demuxStream: () => undefined },
    createContainer: async () => container,
  };
  return client as unknown as EngineClient;
}

/** Of a spawner that is ready. */
function readyOwner(): Port {
  const connection = new PassThrough();
  connection.write('ready\n');
  const connected = Promise.resolve(connection) as unknown as Port['connected'];
  return { path: '/owner', connected, [Symbol.asyncDispose]: async () => undefined };
}

async function dispose(fault: Error): Promise<unknown> {
  const started = await startContainer(engineWith(fault), {}, readyOwner());
  expect(started.pid).to.equal(7);
  try {
    await started[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the container with QEMU', () => {
  it('needs no removal if its engine is gone, or is removing it', async () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const busy = Object.assign(new Error('already in progress'), { statusCode: 409 });
    for (const fault of [gone, busy]) expect(await dispose(fault)).to.equal(undefined);
  });

  it('that the engine refuses to remove is told', async () => {
    const refused = Object.assign(new Error('driver failed'), { statusCode: 500 });
    const error = await dispose(refused);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'ENGINE_FAULT');
  });
});
