import { expect } from 'chai';
import type { CgroupMode } from '../matrix/cell.ts';
import { skipReasons } from '../matrix/skip-reason.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import { renderOutlooks } from './describe-outlook.ts';
import { renderCells, renderReasons } from './list.ts';

const inContainer = (cgroup: CgroupMode, others: { config?: string; agent?: string } = {}) =>
  testCell({
    ...{ kernel: 'host', cgroup, machine: 'container', machineKind: 'container' },
    ...others,
  });

const CONFIGS = new Map([
  ['default', { bootParameters: [], leaveUnmounted: [] }],
  ['quiet', { bootParameters: ['quiet'], leaveUnmounted: [] }],
]);

describe('the list of cells', () => {
  it('names a machine only where it is not the usual one and the id does not say it', () => {
    const cells = [
      testCell({}),
      testCell({ machine: 'qemu-10', scenarios: ['cpu/**', 'missing/**'] }),
      inContainer('v2'),
    ];
    expect(renderCells(cells, new Map())).to.equal(
      [
        'debian-6.12+default+v2+guarded',
        'debian-6.12+default+v2+guarded+qemu-10  cpu/** missing/**',
        'host+default+v2+guarded  on container',
        '',
      ].join('\n'),
    );
  });

  it('says which cells this host would skip, and each reason once', async () => {
    const cells = [
      testCell({ config: 'quiet' }),
      ...[inContainer('v1'), inContainer('hybrid'), inContainer('hybrid', { config: 'quiet' })],
      inContainer('v1', { agent: 'unguarded' }),
    ];
    const skipped = await skipReasons({ configs: CONFIGS }, cells, async () => 'hybrid');
    const lines = renderCells(cells, skipped).split('\n');
    expect(lines.map((line) => line.includes('  skipped on this host'))).to.deep.equal([
      ...[false, true, false, true, true],
      false,
    ]);
    expect(renderReasons(skipped)).to.match(
      /^skips 2 cells: the cell asks for cgroup v1, .*\nskips 1 cell: .* boot parameters \(quiet\)\n$/,
    );
  });

  it('says which cells need a kernel that is yet to be built, and about how long that takes', () => {
    const off = testCell({ kernel: 'own', config: 'v1-off', build: 'own+v1-off' });
    const on = testCell({ kernel: 'own', config: 'v1-on', build: 'own+v1-on' });
    const builds = [
      { name: 'own+v1-off', isThere: true },
      { name: 'own+v1-on', isThere: false, expectedSeconds: 250 },
    ];
    expect(renderCells([testCell({}), off, on], new Map(), builds).split('\n')).to.deep.equal([
      'debian-6.12+default+v2+guarded',
      'own+v1-off+v2+guarded  kernel is built',
      'own+v1-on+v2+guarded  builds its kernel, about 4 min',
      '',
    ]);
    expect(renderOutlooks(builds)).to.equal(
      'builds 1 kernel, which takes about 4 min\nhas 1 kernel from earlier builds\n',
    );
    const unknown = { name: 'own+v1-on', isThere: false };
    expect(renderOutlooks([unknown])).to.equal(
      'builds 1 kernel: how long that takes is not known yet\n',
    );
  });

  it('says which cells take a package as it is, and what the package of the others lacks', () => {
    const cells = ['v1-off', 'v1-on'].map((config) =>
      testCell({ kernel: 'deb', config, build: `deb+${config}` }),
    );
    const builds = [
      { name: 'deb+v1-off', isThere: true, isPackaged: true } as const,
      { name: 'deb+v1-on', isThere: false, lacks: ['CONFIG_CPUSETS_V1=y', 'CONFIG_MEMCG_V1=y'] },
    ];
    expect(renderCells(cells, new Map(), builds)).to.equal(
      'deb+v1-off+v2+guarded  packaged kernel fits\ndeb+v1-on+v2+guarded  builds its kernel\n',
    );
    expect(renderOutlooks(builds)).to.equal(
      [
        'builds 1 kernel: how long that takes is not known yet',
        '  deb+v1-on: its package lacks CONFIG_CPUSETS_V1=y, CONFIG_MEMCG_V1=y',
        'uses 1 packaged kernel unchanged',
        '',
      ].join('\n'),
    );
  });

  it('does not ask how the host mounts cgroups if no cell is in a container', async () => {
    const ask = () => {
      throw new Error('asked');
    };
    const skipped = await skipReasons({ configs: CONFIGS }, [testCell({})], ask);
    expect(skipped).to.have.property('size', 0);
  });
});
