import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError, UsageError } from '../../errors.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { codeOf, doEach, renderDone, renderFaults } from './each-kernel.ts';
import { fetchKernel } from './fetch.ts';
import { matrixBuilds, namedBuilds } from './named-builds.ts';
import { MiniatureMatrix } from './testing/miniature-matrix.ts';

describe('kmx kernels fetch', () => {
  let mini: MiniatureMatrix;
  beforeEach(async () => {
    mini = await MiniatureMatrix.make();
  });
  afterEach(() => mini[Symbol.asyncDispose]());

  it('unpacks sources once for all kernels, and neither configures nor builds any', async () => {
    const matrix = mini.matrix();
    const kernels = mini.kernels(matrix);
    const outcomes = await doEach(matrixBuilds(matrix), (build) => fetchKernel(build, kernels));
    const [stock, ...built] = outcomes;
    const origin = `path ${join(mini.folder, 'vmlinuz')}`;
    expect(stock).to.deep.equal({ name: 'stock', result: ['6.1.0-stock', origin] });
    expect(built.map(({ name }) => name)).to.deep.equal(['built+on', 'built+off']);
    for (const { result } of built) {
      expect(result)
        .to.be.an('array')
        .that.satisfies(([version, what]: string[]) => {
          return version === '6.12.3' && /^sources: linux\.tar\.xz .*$/.test(what ?? '');
        });
    }
    expect(await mini.kinds()).to.deep.equal(['kernel-trees']);
    expect(mini.compiler.runs).to.deep.equal([]);
  });

  it('leaves all that a build without a network needs', async () => {
    const matrix = mini.matrix();
    const [build] = namedBuilds(matrix, ['built+on']);
    if (build === undefined) throw new Error('Expected a build');
    await fetchKernel(build, mini.kernels(matrix));
    const { release } = await mini.kernels(matrix, { offline: true }).resolve(build);
    expect(release).to.equal('6.12.3-mini');
  });

  it('gets the compiler, too, where that is not the one of the host', async () => {
    const matrix = mini.matrix();
    let fetches = 0;
    Object.assign(mini.compiler, {
      fetch: async () => {
        fetches += 1;
      },
    });
    const [build] = namedBuilds(matrix, ['built+on']);
    if (build === undefined) throw new Error('Expected a build');
    await fetchKernel(build, mini.kernels(matrix));
    expect(fetches).to.equal(1);
  });

  it('gets the kernel, too, whose configuration is the base', async () => {
    const matrix = mini.matrix((text) =>
      text.replace('base: tinyconfig', 'base: { kernel: stock }'),
    );
    await rm(join(mini.folder, 'vmlinuz'));
    const kernels = mini.kernels(matrix);
    const builds = namedBuilds(matrix, ['built+on']);
    const [outcome] = await doEach(builds, (build) => fetchKernel(build, kernels));
    expect(outcome?.result).to.be.instanceOf(UsageError);
    expect(outcome?.result).to.have.property('message').that.includes('vmlinuz');
  });

  it('reports each kernel that is not available, and fetches the others', async () => {
    const matrix = mini.matrix();
    await rm(join(mini.folder, 'vmlinuz'));
    const kernels = mini.kernels(matrix);
    const outcomes = await doEach(matrixBuilds(matrix), (build) => fetchKernel(build, kernels));
    expect(renderDone(outcomes).join('\n')).to.match(/^built\+on .*\nbuilt\+off [^\n]*$/);
    expect(renderFaults(outcomes)[0]).to.match(/^kmx: stock: .*vmlinuz/);
    expect(codeOf(outcomes)).to.equal(EXIT_CODES.usage);
  });

  it('says the remedy, and what a program has printed, below the error', () => {
    const fault = new InfraError('no \u001b[31mnetwork', {
      ...{ code: 'FETCH_FAILED', remedy: 'plug it in', output: 'one\ntwo' },
    });
    const outcomes = [{ name: 'stock', result: fault }];
    expect(renderFaults(outcomes)).to.deep.equal([
      'kmx: stock: no network',
      ...['  | one', '  | two', '  plug it in'],
    ]);
    expect(codeOf(outcomes)).to.equal(EXIT_CODES.unmeasured);
  });

  it("keeps the marks of a compiler's picture below what they mark", () => {
    const output = '    3 |         return code\n      |                    ^';
    const fault = new UsageError('the sources do not compile', { code: 'BUILD_FAILED', output });
    expect(renderFaults([{ name: 'mine', result: fault }]).slice(1)).to.deep.equal([
      '  |     3 |         return code',
      '  |       |                    ^',
    ]);
  });
});
