import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { namedEngineLack, namedSocket } from './engine-address.ts';

describe('the engine that DOCKER_HOST names', () => {
  let folder: string;
  let server: Server;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-address-'));
    server = createServer((connection) => connection.destroy());
    await new Promise<void>((resolve) => server.listen(join(folder, 'engine.sock'), resolve));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const lackOf = (DOCKER_HOST: string) => namedEngineLack({ DOCKER_HOST });

  it('lacks nothing if something listens at its socket, or if there is no name', async () => {
    expect(await lackOf(`unix://${folder}/engine.sock`)).to.equal(undefined);
    expect(await lackOf('')).to.equal(undefined);
    expect(await namedEngineLack({})).to.equal(undefined);
  });

  it('lacks a socket', async () => {
    const lack = await lackOf(`unix://${folder}/none.sock`);
    expect(lack?.found).to.equal(`${folder}/none.sock is not there`);
    expect(lack?.remedy).to.match(/^start the engine that DOCKER_HOST names, or unset DOCKER_HOST/);
  });

  it('lacks a program behind its socket', async () => {
    writeFileSync(join(folder, 'left-behind'), '');
    const lack = await lackOf(`unix://${folder}/left-behind`);
    expect(lack?.found).to.equal(`nobody listens at ${folder}/left-behind`);
  });

  for (const address of ['tcp://192.0.2.1:2375', 'https://192.0.2.1:2376', 'ssh://user@host']) {
    it(`may be on another host, as ${address} is`, async () => {
      const lack = await lackOf(address);
      expect(lack?.found).to.contain(`another host (${address})`);
      expect(lack?.remedy).to.contain('set DOCKER_HOST to the socket of an engine on this host');
    });
  }

  it('has a name that is no address', async () => {
    const lack = await lackOf('/var/run/docker.sock');
    expect(lack?.found).to.contain('"/var/run/docker.sock", which is not the address of a socket');
  });

  it('is a socket, or there is a reason against it, whatever the name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (name) => {
        expect(namedSocket({ DOCKER_HOST: name })).to.equal(undefined);
        expect((await lackOf(name))?.remedy).to.contain('DOCKER_HOST');
        expect(namedSocket({ DOCKER_HOST: `unix:///${name}` })).to.equal(`/${name}`);
      }),
    );
  });
});
