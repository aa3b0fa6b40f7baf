import { expect } from 'chai';
import type { MachineSource, Matrix } from './matrix.ts';
import { placeQemu } from './place-qemu.ts';

const MACHINES: readonly (readonly [string, MachineSource])[] = [
  ['qemu', { kind: 'qemu', in: 'host', suites: [] }],
  ['newest', { kind: 'qemu', in: 'container', suites: ['trixie-backports'] }],
  ['container', { kind: 'container', privileged: false }],
];
const matrix = { machines: new Map(MACHINES) } as unknown as Matrix;

const placesOf = ({ machines }: Matrix) =>
  [...machines.values()].map((source) =>
    source.kind === 'qemu' ? [source.in, ...source.suites] : source.kind,
  );

describe('where QEMU runs', () => {
  it('is as the matrix says, unless asked otherwise', () => {
    expect(placeQemu(matrix, undefined)).to.equal(matrix);
  });

  it('can be a container for all, which leaves those that are in one as they are', () => {
    const placed = placesOf(placeQemu(matrix, 'container'));
    expect(placed).to.deep.equal([
      ['container', 'trixie'],
      ['container', 'trixie-backports'],
      'container',
    ]);
  });

  it('can be the host for all', () => {
    const placed = placesOf(placeQemu(matrix, 'host'));
    expect(placed).to.deep.equal([['host'], ['host'], 'container']);
  });
});
