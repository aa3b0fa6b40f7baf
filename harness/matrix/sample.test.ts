import { expect } from 'chai';
import type { Cell } from './cell.ts';
import { sampleCells } from './sample.ts';
import { testCell } from './testing/test-cell.ts';

const CELLS: readonly Cell[] = Array.from({ length: 20 }, (_, index) =>
  testCell({ kernel: `kernel-${index}` }),
);
const ids = (cells: readonly Cell[]) => cells.map(({ id }) => id);

describe('a sample of cells', () => {
  it('is the same for the same seed, in the order of the plan', () => {
    const sample = sampleCells(CELLS, 5, '2026-11-24');
    expect(sample).to.have.length(5);
    expect(sampleCells(CELLS, 5, '2026-11-24')).to.deep.equal(sample);
    expect(ids(CELLS).filter((id) => ids(sample).includes(id))).to.deep.equal(ids(sample));
  });

  it('is the whole of a plan that is smaller', () => {
    expect(sampleCells(CELLS, 99, 'x')).to.deep.equal(CELLS);
  });

  it('comes to every cell in the course of some months', () => {
    const days = Array.from({ length: 100 }, (_, day) => `day ${day}`);
    const seen = new Set(days.flatMap((day) => ids(sampleCells(CELLS, 3, day))));
    expect([...seen]).to.have.members(ids(CELLS));
  });
});
