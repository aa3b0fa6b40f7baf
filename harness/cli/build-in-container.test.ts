import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { writeMiniatureTree } from '../kernels/source/testing/miniature-tree.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

describe('where kernels are built', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-build-in-'));
    await writeMiniatureTree(join(folder, 'linux'));
    const kernels = '{ mine: { source: { tree: linux } } }';
    const text = `kernels: ${kernels}\nagents: { one: { reference: { guard: off } } }\n`;
    await writeFile(join(folder, 'matrix.yaml'), text);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function build(words: readonly string[], environment: Record<string, string> = {}) {
    const { exitCode, stderr } = await execa(
      process.execPath,
      [MAIN, 'kernels', 'build', 'mine', '--offline', ...words],
      {
        cwd: folder,
        env: { KMX_CACHE: join(folder, 'cache'), DOCKER_HOST: 'unix:///nowhere', ...environment },
        reject: false,
      },
    );
    return { exitCode, stderr };
  }

  // What a container builds with is in lists of packages, of which this cache has none.
  const LACKS_LISTS = /trixie: offline, and no list/;

  it('is a container if an option or the environment says so', async () => {
    for (const how of [
      await build(['--build-in', 'container']),
      await build([], { KMX_BUILD_IN: 'container' }),
    ]) {
      expect(how.stderr).to.match(LACKS_LISTS);
      expect(how.exitCode).to.equal(69);
    }
  });

  it('is this host otherwise', async () => {
    for (const how of [
      await build([]),
      await build(['--build-in', 'host'], { KMX_BUILD_IN: 'container' }),
    ]) {
      expect(how.stderr).not.to.match(LACKS_LISTS);
    }
  });

  it('is nowhere else', async () => {
    const { exitCode, stderr } = await build(['--build-in', 'cloud']);
    expect(stderr).to.contain('cloud').and.contain('host, container');
    expect(exitCode).to.equal(2);
  });
});
