import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { failCutResponses } from './cut-responses.ts';

describe('failCutResponses', () => {
  let folder: string;
  let server: Server;
  afterEach(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a client hears that waits for the end of the response, as docker-modem does. */
  async function hear(answer: string, isCut: boolean): Promise<string> {
    folder = await mkdtemp(join(tmpdir(), 'kmx-cut-'));
    const socketPath = join(folder, 'socket');
    server = createServer(({ socket }, response) => {
      response.writeHead(200).write(answer);
      if (isCut) setImmediate(() => socket.destroy());
      else response.end();
    });
    await once(server.listen(socketPath), 'listening');
    return await new Promise((resolve) => {
      const sent = request({ socketPath }, (response) => {
        response.resume().on('end', () => resolve('the end'));
      });
      sent.on('error', ({ message }) => resolve(message)).end();
    });
  }

  it('lets a request fail whose response breaks off', async () => {
    failCutResponses();
    expect(await hear('{"StatusCode"', true)).to.equal('aborted');
  });

  it('leaves a response alone that ends', async () => {
    failCutResponses();
    expect(await hear('{}', false)).to.equal('the end');
  });
});
