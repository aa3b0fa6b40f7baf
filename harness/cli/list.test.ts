import { expect } from 'chai';
import type { CgroupMode } from '../matrix/cell.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import { renderCells, renderReasons } from './list.ts';

const inContainer = (cgroup: CgroupMode, others: { config?: string; agent?: string } = {}) =>
  testCell({
    ...{ kernel: 'host', cgroup, machine: 'container', machineKind: 'container' },
    ...others,
  });

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

  it('says which cells this host would skip, and each reason once', () => {
    const cells = [
      testCell({}),
      inContainer('v1'),
      inContainer('hybrid'),
      inContainer('hybrid', { config: 'quiet' }),
      inContainer('v1', { agent: 'unguarded' }),
    ];
    const skipped = new Map([
      ['host+default+v1+guarded', 'no v1 here'],
      ['host+quiet+hybrid+guarded', 'it cannot be quiet'],
      ['host+default+v1+unguarded', 'no v1 here'],
    ]);
    const lines = renderCells(cells, skipped).trimEnd().split('\n');
    expect(lines.map((line) => line.includes('  skipped on this host'))).to.deep.equal([
      ...[false, true, false, true, true],
    ]);
    expect(renderReasons(skipped)).to.equal(
      'skips 2 cells: no v1 here\nskips 1 cell: it cannot be quiet\n',
    );
  });
});
