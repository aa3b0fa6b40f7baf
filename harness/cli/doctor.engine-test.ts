import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { connectEngine } from '../machine/container/engine.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

describe('kmx doctor', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-doctor-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const examine = async (DOCKER_HOST: string | undefined): Promise<string> => {
    const env = { KMX_CACHE: folder, ...(DOCKER_HOST === undefined ? {} : { DOCKER_HOST }) };
    return (await execa(process.execPath, [MAIN, 'doctor'], { env, reject: false })).stdout;
  };

  it('names the engine that answers, and says what it has for containers', async () => {
    const { facts, socketPath } = await connectEngine();
    const said = await examine(process.env.DOCKER_HOST);
    const engine = /^fine +engine +(.*)$/m.exec(said)?.[1];
    expect(engine).to.contain(`${facts.name} ${facts.version}`);
    expect(engine).to.match(new RegExp(` at ${RegExp.escape(socketPath)}$`));
    expect(said).to.match(/^(fine|reduced) +engine cgroups +(v1|hybrid|v2), driver \w+/m);
    expect(said).to.match(/^(fine|reduced) +engine storage +\w+/m);
    expect(said).to.match(/^fine +engine builds +--build-in container/m);
  });

  it('does not take the usual engine for the one that DOCKER_HOST names', async () => {
    const said = await examine(`unix://${folder}/none.sock`);
    expect(said).to.match(/^reduced +engine +.*none\.sock is not there$/m);
    expect(said).not.to.contain('engine cgroups').and.not.to.contain('engine builds');
  });

  describe('beside something else that listens', () => {
    let server: Server;
    before(async () => {
      server = createServer((_request, response) => response.writeHead(404).end());
      await new Promise<void>((resolve) => server.listen(join(folder, 'web.sock'), resolve));
    });
    after(() => server.close());

    it('says that it is no engine', async () => {
      const said = await examine(`unix://${folder}/web.sock`);
      expect(said).to.match(/^reduced +engine +.*web\.sock does not answer as an engine does$/m);
    });
  });
});
