import { expect } from 'chai';
import fc from 'fast-check';
import type { Cell } from './cell.ts';
import { expandMatrix, gridOf } from './expand.ts';
import { CELL_KEYS, coverGrid } from './grid.ts';
import type { Matrix, PartialCell } from './matrix.ts';
import { parseMatrix } from './parse.ts';

function matrixOf(rules: string, host = ''): Matrix {
  const parsed = parseMatrix(
    `
kernels: { k1: { path: { image: x } },${host} k0: { path: { image: x } } }
configs: { plain: {}, odd: {} }
cgroups: [v2, v1]
agents: { a: { kata: { path: x } }, b: { kata: { path: x } } }
${rules}`,
    { file: 'matrix.yaml' },
  );
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  return parsed.matrix;
}

/** Kernels for machines of either kind, in an order that mixes them. */
function mixedMatrix(): Matrix {
  const machines = `
machines:
  qemu: { qemu: {} }
  box: { container: {} }
  newer: { qemu: { in: container } }
`;
  return matrixOf(machines, ' host: { host: {} },');
}

const idsOf = (rules: string) => expandMatrix(matrixOf(rules)).map(({ id }) => id);

describe('the cells of a matrix', () => {
  it('are the product of its axes, with kernels varying slowest and machines fastest', () => {
    const ids = idsOf('');
    expect(ids).to.have.length(16);
    expect(ids.slice(0, 5)).to.deep.equal([
      'k1+plain+v2+a',
      'k1+plain+v2+b',
      'k1+plain+v1+a',
      'k1+plain+v1+b',
      'k1+odd+v2+a',
    ]);
    expect(ids.at(-1)).to.equal('k0+odd+v1+b');
  });

  it('are without those that exclude names', () => {
    const ids = idsOf('exclude: [{ config: odd }, { kernel: [k0, k1], cgroup: v1, agent: b }]');
    expect(ids).to.deep.equal([
      'k1+plain+v2+a',
      'k1+plain+v2+b',
      'k1+plain+v1+a',
      'k0+plain+v2+a',
      'k0+plain+v2+b',
      'k0+plain+v1+a',
    ]);
  });

  it('are with those that include puts back, at their old places', () => {
    const rules = 'exclude: [{ agent: b }, { cgroup: v1 }]\ninclude: [{ kernel: k0, config: odd }]';
    expect(idsOf(rules)).to.deep.equal([
      'k1+plain+v2+a',
      'k1+odd+v2+a',
      'k0+plain+v2+a',
      'k0+odd+v2+a',
      'k0+odd+v2+b',
      'k0+odd+v1+a',
      'k0+odd+v1+b',
    ]);
  });

  it('are without those whose kernel the machine cannot start', () => {
    const ids = expandMatrix(mixedMatrix()).map(({ id }) => id);
    expect(ids.filter((id) => id.includes('+v2+') && id.includes('+plain+'))).to.deep.equal([
      'k1+plain+v2+a',
      'k1+plain+v2+a+newer',
      'k1+plain+v2+b',
      'k1+plain+v2+b+newer',
      'host+plain+v2+a+box',
      'host+plain+v2+b+box',
      'k0+plain+v2+a',
      'k0+plain+v2+a+newer',
      'k0+plain+v2+b',
      'k0+plain+v2+b+newer',
    ]);
    expect(ids).to.have.length(40);
    expect(new Set(ids)).to.have.length(40);
  });

  it('know the kind of their machine, whatever its name', () => {
    const cells = expandMatrix(mixedMatrix());
    expect(
      new Set(cells.map(({ machine, machineKind }) => `${machine} ${machineKind}`)),
    ).to.deep.equal(new Set(['qemu qemu', 'newer qemu', 'box container']));
  });

  it('are those that a look at each cell alone would keep', () => {
    const matrix = mixedMatrix();
    const cells = expandMatrix(matrix);
    const grid = gridOf(matrix);
    const namesOn = (key: (typeof CELL_KEYS)[number]) =>
      fc.subarray([...grid.axes[key]], { minLength: 1 });
    const part: fc.Arbitrary<PartialCell> = fc.record(
      {
        kernel: namesOn('kernel'),
        config: namesOn('config'),
        cgroup: namesOn('cgroup'),
        agent: namesOn('agent'),
        machine: namesOn('machine'),
      },
      { requiredKeys: [] },
    );
    const matches = (cell: Cell, { ...names }: PartialCell) =>
      CELL_KEYS.every((key) => names[key]?.includes(cell[key]) ?? true);
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (exclude, include) => {
        const expected = cells.filter(
          (cell) =>
            include.some((names) => matches(cell, names)) ||
            !exclude.some((names) => matches(cell, names)),
        );
        expect(expandMatrix({ ...matrix, exclude, include })).to.deep.equal(expected);
        const { idleExcludes, idleIncludes } = coverGrid(grid, exclude, include);
        const without = (rules: readonly PartialCell[], idle: readonly number[]) =>
          rules.filter((_, index) => !idle.includes(index));
        const busy = {
          exclude: without(exclude, idleExcludes),
          include: without(include, idleIncludes),
        };
        expect(expandMatrix({ ...matrix, ...busy })).to.deep.equal(expected);
      }),
    );
  });
});
