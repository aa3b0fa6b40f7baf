import { expect } from 'chai';
import { kernelBuilds } from './builds.ts';
import { expandMatrix } from './expand.ts';
import type { Matrix } from './matrix.ts';
import { parseMatrix } from './parse.ts';

function matrixOf(text: string, file = 'matrix.yaml'): Matrix {
  const parsed = parseMatrix(`${text}\nagents: { a: { reference: { guard: on } } }\n`, { file });
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  return parsed.matrix;
}

const MATRIX = `
kernels:
  built: { source: { tree: ../linux } }
  stock: { path: { image: x } }
  fallback: { debian: { suite: sid, series: "6.12", or_build: { tarball: linux.tar.xz } } }
configs:
  default: {}
  v1-on: { symbols: [CONFIG_CPUSETS_V1=y, CONFIG_MEMCG_V1=n] }
  quiet: { boot_parameters: [quiet], fragments: [], symbols: [] }
cgroups: [v1, v2]
`;

describe('a kernel that kmx builds', () => {
  const kernelOf = (source: string, file = 'matrix.yaml') =>
    matrixOf(`kernels:\n  one: { source: ${source} }`, file).kernels.get('one');

  it('has the minimal base, and asks for nothing, unless the file says otherwise', () => {
    expect(kernelOf('{ tree: ../linux }')).to.deep.equal({
      kind: 'source',
      tree: { kind: 'folder', path: '../linux' },
      base: { kind: 'minimal' },
      request: { fragments: [], symbols: {} },
    });
  });

  it('may be from a package, a tar file or a commit', () => {
    const trees = [
      '{ debian: { suite: trixie, package: linux-source-6.12 } }',
      '{ tarball: linux-6.12.tar.xz }',
      '{ git: { repository: ../linux, commit: "v6.12~3" } }',
    ].map((source) => kernelOf(source, 'ci/small.yaml'));
    expect(trees.map((kernel) => kernel?.kind === 'source' && kernel.tree)).to.deep.equal([
      { kind: 'debian-source', suites: ['trixie'], package: 'linux-source-6.12' },
      { kind: 'tarball', path: 'ci/linux-6.12.tar.xz' },
      { kind: 'git', repository: 'linux', commit: 'v6.12~3' },
    ]);
  });

  it('has what it asks for in the order of the file, with paths from its folder', () => {
    const asked = 'fragments: [debug, ./debug, a.config, /b], symbols: [CONFIG_B=n, CONFIG_A=m]';
    const rest = 'base: { file: old }, may_be_absent: whitelist.conf';
    expect(kernelOf(`{ tree: x, ${asked}, ${rest} }`, 'ci/small.yaml')).to.deep.include({
      base: { kind: 'file', path: 'ci/old' },
      request: {
        fragments: ['debug', 'ci/debug', 'ci/a.config', '/b'],
        symbols: { B: 'n', A: 'm' },
      },
      mayBeAbsent: 'ci/whitelist.conf',
    });
    const beside = kernelOf(`{ tree: x, fragments: [./debug] }`);
    expect(beside).to.have.deep.property('request', { fragments: ['./debug'], symbols: {} });
  });

  it('may be based on a kernel further down in the file, in turn based on another', () => {
    const { kernels } = matrixOf(`
kernels:
  top: { source: { tree: x, base: { kernel: middle } } }
  middle: { source: { tree: x, base: { kernel: stock } } }
  stock: { path: { image: x } }
`);
    const base = { kind: 'kernel', name: 'middle' };
    expect(kernels.get('top')).to.have.deep.property('base', base);
  });
});

describe('the kernels that cells boot', () => {
  it('are named after the config where they are built for it', () => {
    const builds = expandMatrix(matrixOf(MATRIX)).map(({ id, build }) => [id, build]);
    expect(builds.filter(([id]) => id?.includes('+v1+'))).to.deep.equal([
      ['built+default+v1+a', undefined],
      ['built+v1-on+v1+a', 'built+v1-on'],
      ['built+quiet+v1+a', undefined],
      ['stock+default+v1+a', undefined],
      ['stock+v1-on+v1+a', undefined],
      ['stock+quiet+v1+a', undefined],
      ['fallback+default+v1+a', undefined],
      ['fallback+v1-on+v1+a', 'fallback+v1-on'],
      ['fallback+quiet+v1+a', undefined],
    ]);
  });

  it('are listed once, with what the config asks of them', () => {
    const matrix = matrixOf(MATRIX);
    const builds = kernelBuilds(matrix, expandMatrix(matrix));
    const kconfig = { fragments: [], symbols: { CPUSETS_V1: 'y', MEMCG_V1: 'n' } };
    expect(builds.map(({ source: _, ...rest }) => rest)).to.deep.equal([
      { name: 'built', kernel: 'built' },
      { name: 'built+v1-on', kernel: 'built', request: { config: 'v1-on', kconfig } },
      { name: 'stock', kernel: 'stock' },
      { name: 'fallback', kernel: 'fallback' },
      { name: 'fallback+v1-on', kernel: 'fallback', request: { config: 'v1-on', kconfig } },
    ]);
    expect(builds.at(-1)?.source).to.have.deep.property('orBuild', {
      kind: 'tarball',
      path: 'linux.tar.xz',
    });
  });
});
