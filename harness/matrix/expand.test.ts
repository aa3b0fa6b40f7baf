import { expect } from 'chai';
import fc from 'fast-check';
import type { Cell } from './cell.ts';
import { expandMatrix } from './expand.ts';
import { CELL_KEYS, coverGrid } from './grid.ts';
import type { Matrix, PartialCell } from './matrix.ts';
import { parseMatrix } from './parse.ts';

function matrixOf(rules: string): Matrix {
  const parsed = parseMatrix(
    `
kernels: { k1: { path: { image: x } }, k0: { path: { image: x } } }
configs: { plain: {}, odd: {} }
cgroups: [v2, v1]
agents: { a: { kata: { path: x } }, b: { kata: { path: x } } }
${rules}`,
    { file: 'matrix.yaml' },
  );
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  return parsed.matrix;
}

const idsOf = (rules: string) => expandMatrix(matrixOf(rules)).map(({ id }) => id);

describe('the cells of a matrix', () => {
  it('are the product of its axes, with kernels varying slowest and agents fastest', () => {
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

  it('are those that a look at each cell alone would keep', () => {
    const matrix = matrixOf('');
    const cells = expandMatrix(matrix);
    const axes = {
      kernel: ['k1', 'k0'],
      config: ['plain', 'odd'],
      cgroup: ['v2', 'v1'] as const,
      agent: ['a', 'b'],
    };
    const namesOn = (key: (typeof CELL_KEYS)[number]) =>
      fc.subarray([...axes[key]], { minLength: 1 });
    const part: fc.Arbitrary<PartialCell> = fc.record(
      {
        kernel: namesOn('kernel'),
        config: namesOn('config'),
        cgroup: namesOn('cgroup'),
        agent: namesOn('agent'),
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
        const { idleExcludes, idleIncludes } = coverGrid(axes, exclude, include);
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
