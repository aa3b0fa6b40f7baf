import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { getContainerRuntimeClient } from 'testcontainers';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

describe('kmx doctor beside a container engine', () => {
  it('names the version of the engine that answers', async () => {
    const { info } = await getContainerRuntimeClient();
    const { stdout } = await execa(process.execPath, [MAIN, 'doctor'], { reject: false });
    const line = stdout.split('\n').find((row) => /^\w+ +docker /.test(row));
    expect(line).to.match(/^fine /);
    expect(line).to.contain(info.containerRuntime.serverVersion);
  });
});
