import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { buildEach, chooseBuilt } from './build.ts';
import { codeOf } from './each-kernel.ts';
import { matrixBuilds, namedBuilds } from './named-builds.ts';
import { MiniatureMatrix } from './testing/miniature-matrix.ts';

describe('kmx kernels build', () => {
  let mini: MiniatureMatrix;
  beforeEach(async () => {
    mini = await MiniatureMatrix.make();
  });
  afterEach(() => mini[Symbol.asyncDispose]());
  const goals = () => mini.compiler.runs.map(({ goal }) => goal);

  it('builds the kernels that are made from sources, and says of which it did not need to', async () => {
    const matrix = mini.matrix();
    const all = chooseBuilt(matrixBuilds(matrix), false);
    const [first] = all;
    await buildEach(first === undefined ? [] : [first], mini.kernels(matrix));
    expect(await buildEach(all, mini.kernels(matrix))).to.deep.equal([
      { name: 'built+on', result: ['6.12.3-mini', 'cached'] },
      { name: 'built+off', result: ['6.12.3-mini', 'built in 0 s'] },
    ]);
    expect(goals().filter((goal) => goal === 'bzImage')).to.have.length(2);
  });

  it('builds a kernel as no config wants it if that is named', async () => {
    const matrix = mini.matrix();
    const outcomes = await buildEach(namedBuilds(matrix, ['built']), mini.kernels(matrix));
    expect(outcomes).to.deep.equal([{ name: 'built', result: ['6.12.3-mini', 'built in 0 s'] }]);
  });

  it('builds nothing if any configuration is wrong, and says which', async () => {
    const matrix = mini.matrix((text) => text.replace('CPUSETS=n', 'CPUSETZ=y'));
    const outcomes = await buildEach(
      namedBuilds(matrix, ['built+on', 'built+off']),
      mini.kernels(matrix),
    );
    expect(outcomes[0]?.result).to.deep.equal(['', 'configured, but not built yet']);
    expect(outcomes[1]?.result).to.be.instanceOf(UsageError);
    expect(goals()).to.not.include('bzImage');
    expect(codeOf(outcomes)).to.equal(2);
  });

  it('goes on with the next kernel if one does not compile', async () => {
    const matrix = mini.matrix();
    const run = mini.compiler.run;
    let builds = 0;
    Object.assign(mini.compiler, {
      run: async (...[words, options]: Parameters<typeof run>) => {
        if (words.at(-1) !== 'bzImage' || ++builds > 1) return await run(words, options);
        options.onLine?.('kernel/fork.c:1:1: error: expected a semicolon', 'stderr');
        return 2;
      },
    });
    const outcomes = await buildEach(
      namedBuilds(matrix, ['built+on', 'built+off']),
      mini.kernels(matrix),
    );
    expect(outcomes[0]?.result).to.have.property('code', 'BUILD_FAILED');
    expect(outcomes[1]?.result).to.deep.equal(['6.12.3-mini', 'built in 0 s']);
  });

  it('refuses a kernel that is not made from sources', () => {
    const matrix = mini.matrix();
    expect(() => chooseBuilt(namedBuilds(matrix, ['stock', 'built']), true)).to.throw(
      UsageError,
      'stock is not built by kmx',
    );
  });
});
