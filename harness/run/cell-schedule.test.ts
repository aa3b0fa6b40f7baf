import { expect } from 'chai';
import fc from 'fast-check';
import type { Cell } from '../matrix/cell.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import { scheduleCells } from './cell-schedule.ts';

const cell = (kernel: string, agent: string): Cell => testCell({ kernel, agent });
const ids = (cells: readonly Cell[]) => cells.map(({ kernel, agent }) => `${kernel} ${agent}`);

describe('the schedule of cells', () => {
  const cells = [cell('old', 'a'), cell('new', 'a'), cell('old', 'b'), cell('new', 'b')];

  it('keeps cells of one kernel together, in the plan’s order if none ever ran', () => {
    expect(ids(scheduleCells(cells, new Map()))).to.deep.equal([
      'old a',
      'old b',
      'new a',
      'new b',
    ]);
  });

  it('begins with the kernel that takes longest, and with its longest cell', () => {
    const durations = new Map([
      ['old+default+v2+a', 1000],
      ['old+default+v2+b', 2000],
      ['new+default+v2+a', 500],
      ['new+default+v2+b', 9000],
    ]);
    expect(ids(scheduleCells(cells, durations))).to.deep.equal([
      'new b',
      'new a',
      'old b',
      'old a',
    ]);
  });

  it('treats a cell that never ran as an average one', () => {
    const durations = new Map([
      ['old+default+v2+a', 1000],
      ['new+default+v2+a', 3000],
      ['new+default+v2+b', 3000],
    ]);
    expect(ids(scheduleCells(cells, durations)).slice(2)).to.deep.equal(['old b', 'old a']);
  });

  it('loses and repeats no cell', () => {
    const some = fc.uniqueArray(fc.tuple(fc.constantFrom('k1', 'k2', 'k3'), fc.string()), {
      selector: ([kernel, agent]) => `${kernel} ${agent}`,
    });
    fc.assert(
      fc.property(some, fc.array(fc.nat()), (names, times) => {
        const planned = names.map(([kernel, agent]) => cell(kernel, agent));
        const durations = new Map(times.map((time, index) => [planned[index]?.id ?? '', time]));
        expect(scheduleCells(planned, durations)).to.have.members(planned);
      }),
    );
  });
});
