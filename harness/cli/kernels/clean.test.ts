import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { pruneCache, useCache } from '../../cache/inventory.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { FindCompiler } from '../../kernels/source/build-context.ts';
import { MiniatureCompiler } from '../../kernels/source/testing/miniature-tree.ts';
import { buildEach } from './build.ts';
import { findUnusedItems } from './clean.ts';
import { fetchKernel } from './fetch.ts';
import { namedBuilds } from './named-builds.ts';
import { MiniatureMatrix } from './testing/miniature-matrix.ts';

describe('kmx kernels clean', () => {
  let mini: MiniatureMatrix;
  beforeEach(async () => {
    mini = await MiniatureMatrix.make();
  });
  afterEach(() => mini[Symbol.asyncDispose]());

  const unused = async (change?: Parameters<MiniatureMatrix['matrix']>[0]) => {
    const matrix = mini.matrix(change);
    const found = await findUnusedItems(matrix, await mini.items(), mini.context);
    return found.map(({ kind }) => kind).toSorted();
  };
  const build = async (...names: string[]) => {
    const matrix = mini.matrix();
    await buildEach(namedBuilds(matrix, names), mini.kernels(matrix));
  };

  it('keeps all that kernels of the matrix are and were made from', async () => {
    await build('built', 'built+on', 'built+off');
    expect(await mini.kinds()).to.include.members(['builds', 'kernel-trees', 'objects']);
    expect(await unused()).to.deep.equal([]);
  });

  it('keeps sources that were fetched, but not built yet', async () => {
    const matrix = mini.matrix();
    const [wanted] = namedBuilds(matrix, ['built+on']);
    if (wanted === undefined) throw new Error('Expected a build');
    await fetchKernel(wanted, mini.kernels(matrix));
    expect(await unused()).to.deep.equal([]);
  });

  it('removes the kernel of a config that is gone, and its configuration', async () => {
    await build('built+on', 'built+off');
    const left = await unused((text) => text.replace('CONFIG_CPUSETS=n', 'CONFIG_EXPERT=n'));
    expect(left).to.deep.equal(['builds', 'configured-kernels']);
  });

  it('removes all of sources that no kernel is from any more', async () => {
    await build('built+on');
    const items = await mini.kinds();
    expect(await unused((text) => text.replace(/ {2}built: .*\n/, ''))).to.deep.equal(items);
  });

  it('keeps what was built with another compiler, host or container', async () => {
    await build('built+on');
    const matrix = mini.matrix();
    const items = await mini.items();
    const now = Object.assign(new MiniatureCompiler(), { digest: 'sha256:other' });
    const context = { ...mini.context, compiler: async () => now };
    const unusedWith = async (otherCompilers: readonly FindCompiler[]) =>
      (await findUnusedItems(matrix, items, { ...context, otherCompilers })).map(
        ({ kind }) => kind,
      );
    expect(await unusedWith([])).to.include.members(['builds', 'objects', 'configured-kernels']);
    const absent: FindCompiler = async () => {
      throw new InfraError('gcc is not installed', { code: 'NO_COMPILER' });
    };
    expect(await unusedWith([absent, async () => mini.compiler])).to.deep.equal([]);
  });

  it('removes what it does not know', async () => {
    await mkdir(join(mini.context.cacheRoot, 'kernels/linux-image-6.1'), { recursive: true });
    expect(await unused()).to.deep.equal(['kernels']);
  });

  it('removes nothing if it cannot tell what the matrix uses', async () => {
    await build('built+on');
    await writeFile(join(mini.folder, 'vmlinuz'), 'nothing');
    const error: unknown = await unused().catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(UsageError);
  });

  it('does not count as use of what stays', async () => {
    await build('built+on');
    const before = await mini.items();
    await unused();
    expect(await mini.items()).to.deep.equal(before);
  });

  it('removes nothing while another kmx may be using it', async () => {
    await build('built+on');
    const { cacheRoot } = mini.context;
    await using _ = await useCache(cacheRoot);
    const error: unknown = await pruneCache(cacheRoot, await mini.items()).catch(
      (fault: unknown) => fault,
    );
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'CACHE_BUSY');
    expect(await readdir(join(cacheRoot, 'builds'))).to.have.length(1);
  });
});
