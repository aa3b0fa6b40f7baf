import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { InfraError } from '../../../errors.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../../private-directory.ts';
import { spawnerStarter } from './spawner-starter.ts';

/** No process has it: Linux counts to 4 194 304 at most (proc(5), pid_max). */
const NOBODY = 5_000_000;

describe('a program that the spawner has started', () => {
  let folder: PrivateDirectory;
  let server: Server | undefined;
  beforeEach(async () => {
    folder = await makePrivateDirectory();
  });
  afterEach(async () => {
    server?.close();
    await folder[Symbol.asyncDispose]();
  });

  /** Answers each request with a process that this host cannot find. */
  async function startUnseen(follow: (connection: Socket) => void) {
    const socket = folder.socketPath('spawn');
    server = createServer({ allowHalfOpen: true }, (connection) => {
      connection.once('data', () => {
        connection.write(`{"started":{"pid":${NOBODY}}}\n`);
        follow(connection);
      });
    }).listen(socket);
    await once(server, 'listening');
    return await spawnerStarter({ socket, pid: process.pid }).start(['qemu']);
  }

  it('and that has ended before it was looked up tells how', async () => {
    const started = await startUnseen((connection) =>
      connection.end('{"ended":{"code":127,"signal":null,"output":"no such library"}}\n'),
    );
    expect(started.pid).to.equal(0);
    expect(await started.ended).to.deep.equal({
      ...{ code: 127, signal: null, stderr: 'no such library', isKilled: false },
    });
  });

  it('and that runs where this host cannot see it is ended', async () => {
    let isEnded = false;
    const starting = startUnseen((connection) => {
      connection.once('end', () => {
        isEnded = true;
        connection.end('{"ended":{"code":null,"signal":"SIGKILL","output":""}}\n');
      });
      connection.resume();
    });
    const error = await starting.catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'MACHINE_NOT_STARTED');
    expect(isEnded).to.equal(true);
  });
});
