import { expect } from 'chai';
import type { CgroupMode } from '../matrix/cell.ts';
import { skipReasons } from '../matrix/skip-reason.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
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
        'host+default+v2+guarded  in container',
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

  it('does not ask how the host mounts cgroups if no cell is in a container', async () => {
    const ask = () => {
      throw new Error('asked');
    };
    const skipped = await skipReasons({ configs: CONFIGS }, [testCell({})], ask);
    expect(skipped).to.have.property('size', 0);
  });
});
