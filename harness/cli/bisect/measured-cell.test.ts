import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { loadMatrix } from '../load-matrix.ts';
import { findPlace, placeKernel } from './measured-cell.ts';

const matrix = loadMatrix('matrix.yaml');
const KERNEL = { name: 'mine', source: { kind: 'path', image: 'vmlinuz' } } as const;
const place = (...words: readonly string[]) => findPlace(matrix, words, KERNEL);

describe('the cell that a bisect measures', () => {
  it('is named as for --only, and the first config is meant', () => {
    expect(place('v1', 'unguarded', ':CPU quota')).to.deep.equal({
      config: 'default',
      cgroup: 'v1',
      agent: 'unguarded',
      machine: 'qemu',
      testFilter: 'CPU quota',
    });
    expect(place('v1', 'unguarded', 'no-controllers').config).to.equal('no-controllers');
  });

  it('must be named if there are several agents or cgroup modes', () => {
    const messageOf = (...words: string[]): string => {
      try {
        return JSON.stringify(place(...words));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        return `${error.message}: ${error.remedy}`;
      }
    };
    expect(messageOf('v1', ':quota')).to.equal(
      '--test: expected one agent, found guarded and unguarded: name one of them: --test "v1" ":quota" "guarded"',
    );
    expect(messageOf('unguarded')).to.include('expected one cgroup mode, found v1, hybrid and v2');
    expect(messageOf('v3')).to.include('no cell matches "v3"').and.to.include('default+v1+guarded');
  });

  it('is in a matrix of its own for each kernel, whatever the file excludes', () => {
    const symbols = { CPUSETS_V1: 'n' };
    const kernel = { ...KERNEL, kconfig: { fragments: ['debug'], symbols } };
    const placed = placeKernel(matrix, kernel, place('v1', 'unguarded', 'no-controllers'));
    expect(placed.cell.id).to.equal('mine+no-controllers+v1+unguarded');
    expect(placed.matrix.kernels.get('mine')).to.equal(kernel.source);
    expect(placed.matrix.configs.get('no-controllers')).to.deep.equal({
      ...matrix.configs.get('no-controllers'),
      kconfig: { fragments: ['debug'], symbols },
    });
  });
});
