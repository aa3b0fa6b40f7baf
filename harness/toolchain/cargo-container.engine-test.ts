import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { connectEngine } from '../machine/container/engine.ts';
import { OWNER_LABEL } from '../machine/container/labels.ts';
import { ownedPrefix } from '../machine/owner.ts';
import { TINY_PROGRAMS } from '../machine/testing/tiny-programs.ts';
import { runCargo } from './cargo-container.ts';

describe('cargo in a container', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-cargo-'));
    mkdirSync(join(folder, 'usr/bin'), { recursive: true });
    mkdirSync(join(folder, 'project'));
    writeFileSync(join(folder, 'usr/bin/cargo'), TINY_PROGRAMS.end);
    chmodSync(join(folder, 'usr/bin/cargo'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has its exit code and its output told, and leaves nothing', async () => {
    const engine = await connectEngine();
    const output = new PassThrough();
    const root = { usr: join(folder, 'usr'), version: '1.96' };
    const run = { folder: join(folder, 'project'), words: ['build'], output };
    expect(await runCargo(engine, root, run)).to.equal(3);
    output.end();
    expect(await text(output)).to.equal('no way\n');
    const filters = { label: [`${OWNER_LABEL}=${ownedPrefix()}`] };
    expect(await engine.client.listContainers({ all: true, filters })).to.deep.equal([]);
    const images = { reference: ['localhost/kernel-matrix-cargo'] };
    const left = await engine.client.listImages({ filters: images });
    expect(left.filter(({ RepoTags }) => RepoTags?.join().includes(ownedPrefix()))).to.deep.equal(
      [],
    );
  });
});
