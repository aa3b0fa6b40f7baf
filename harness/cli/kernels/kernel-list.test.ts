import { expect } from 'chai';
import type { CacheItem } from '../../cache/inventory.ts';
import { buildEach } from './build.ts';
import { describeKernels } from './kernel-list.ts';
import { findMatrixUse } from './matrix-use.ts';
import { namedBuilds } from './named-builds.ts';
import { renderList } from './render-list.ts';
import { MiniatureMatrix } from './testing/miniature-matrix.ts';

describe('kmx kernels list', () => {
  let mini: MiniatureMatrix;
  beforeEach(async () => {
    mini = await MiniatureMatrix.make();
  });
  afterEach(() => mini[Symbol.asyncDispose]());

  async function list(others: readonly CacheItem[] = []) {
    const matrix = mini.matrix();
    const items = [...(await mini.items()), ...others];
    const uses = await findMatrixUse(matrix, items, mini.context);
    return describeKernels(uses, [{ suite: 'sid', missing: 'it is gone' }], items);
  }
  const states = async () =>
    (await list()).kernels.map(({ name, state, version }) => [name, state, version]);

  it('tells kernels that were built from those that are to be', async () => {
    expect(await states()).to.deep.equal([
      ['stock', 'elsewhere', '6.1.0-stock'],
      ['built+on', 'absent', undefined],
      ['built+off', 'absent', undefined],
    ]);
    const matrix = mini.matrix();
    await buildEach(namedBuilds(matrix, ['built+on']), mini.kernels(matrix));
    expect(await states()).to.deep.equal([
      ['stock', 'elsewhere', '6.1.0-stock'],
      ['built+on', 'kept', '6.12.3'],
      ['built+off', 'sources', undefined],
    ]);
  });

  it('says what uses sources and objects, and puts unused ones last', async () => {
    const matrix = mini.matrix();
    await buildEach(namedBuilds(matrix, ['built+on']), mini.kernels(matrix));
    const usedAt = new Date('2026-11-30T12:34:56Z');
    const name = `oci-${'0123456789abcdef'.repeat(4)}`;
    const old: CacheItem = { kind: 'kernels', name, bytes: 3 * 1024 ** 2, usedAt };
    const found = await list([old]);
    const users = found.entries.map(({ kind, usedBy }) => `${kind}: ${usedBy.join(' ')}`);
    expect(users).to.include.members([
      'kernel-trees: built+on built+off',
      'objects: built+on built+off',
      'builds: built+on',
    ]);
    expect(users.at(-1)).to.equal('kernels: ');
    const lines = renderList(found, { root: '/cache', isWhole: false });
    expect(lines.slice(-4)).to.deep.equal([
      'sid: it is gone',
      '',
      'in /cache, used by none of them: 3.0 MiB, which kmx kernels clean removes',
      '  kernel packages  3.0 MiB  used 2026-11-30 12:34  oci-0123456789ab',
    ]);
    expect(lines.join('\n')).to.match(/sources of kernels .* for built\+on, built\+off\n/);
  });

  it('counts a kernel that no cell boots as use of its configuration', async () => {
    const matrix = mini.matrix();
    await buildEach(namedBuilds(matrix, ['built']), mini.kernels(matrix));
    const { entries, kernels } = await list();
    expect(kernels.map(({ name }) => name)).to.not.include('built');
    const builds = entries.filter(({ kind }) => kind === 'builds');
    expect(builds.map(({ usedBy }) => usedBy)).to.deep.equal([['built']]);
    expect(entries.filter(({ usedBy }) => usedBy.length === 0)).to.deep.equal([]);
  });

  it('says of a host without a compiler what it cannot tell', async () => {
    const { InfraError } = await import('../../errors.ts');
    const matrix = mini.matrix();
    const compiler = () => Promise.reject(new InfraError('no gcc', { code: 'NO_COMPILER' }));
    const context = { ...mini.context, compiler };
    const uses = await findMatrixUse(matrix, [], context);
    const lines = renderList(describeKernels(uses, [], []), { root: '/cache', isWhole: false });
    expect(lines[2]).to.match(/^ {2}built\+on .* not known: no gcc$/);
  });
});
