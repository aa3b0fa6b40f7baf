import { expect } from 'chai';
import fc from 'fast-check';
import type { Cell } from '../matrix/cell.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import { type CellOutlook, scheduleCells } from './cell-schedule.ts';

const cell = (kernel: string, agent: string): Cell => testCell({ kernel, agent });
const ids = (cells: readonly Cell[]) => cells.map(({ kernel, agent }) => `${kernel} ${agent}`);
const took = (expectedMs: number): CellOutlook => ({
  need: 'routine',
  lastRunAt: '2026-11-25T10:00:00.000Z',
  expectedMs,
});

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
    const outlooks = new Map([
      ['old+default+v2+a', took(1000)],
      ['old+default+v2+b', took(2000)],
      ['new+default+v2+a', took(500)],
      ['new+default+v2+b', took(9000)],
    ]);
    expect(ids(scheduleCells(cells, outlooks))).to.deep.equal(['new b', 'new a', 'old b', 'old a']);
  });

  it('treats a cell that never ran as an average one', () => {
    const outlooks = new Map([
      ['old+default+v2+a', took(1000)],
      ['new+default+v2+a', took(3000)],
      ['new+default+v2+b', took(3000)],
    ]);
    expect(ids(scheduleCells(cells, outlooks)).slice(2)).to.deep.equal(['old b', 'old a']);
  });

  it('begins with what tells most if there may not be time for all, then with what is oldest', () => {
    const at = (day: number): string => `2026-11-0${day}T10:00:00.000Z`;
    const outlooks = new Map<string, CellOutlook>([
      ['k+default+v2+yesterday', { need: 'routine', lastRunAt: at(4), expectedMs: 9000 }],
      ['k+default+v2+last-week', { need: 'routine', lastRunAt: at(1), expectedMs: 10 }],
      ['k+default+v2+was-bad', { need: 'suspect', lastRunAt: at(4), expectedMs: 10 }],
      ['k+default+v2+changed', { need: 'suspect', lastRunAt: at(3), expectedMs: 10 }],
      ['k+default+v2+known', { need: 'none', lastRunAt: at(4), expectedMs: 0 }],
    ]);
    const agents = ['yesterday', 'last-week', 'was-bad', 'changed', 'novel', 'known'];
    const planned = agents.map((agent) => cell('k', agent));
    const scheduled = scheduleCells(planned, outlooks, { isBudgeted: true });
    expect(scheduled.map(({ agent }) => agent)).to.deep.equal([
      ...['known', 'novel', 'changed', 'was-bad', 'last-week', 'yesterday'],
    ]);
  });

  it('loses and repeats no cell', () => {
    const some = fc.uniqueArray(fc.tuple(fc.constantFrom('k1', 'k2', 'k3'), fc.string()), {
      selector: ([kernel, agent]) => `${kernel} ${agent}`,
    });
    const outlook = fc.record(
      {
        need: fc.constantFrom('none', 'never-run', 'suspect', 'routine'),
        expectedMs: fc.nat(),
        lastRunAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      },
      { requiredKeys: ['need'] },
    );
    fc.assert(
      fc.property(some, fc.array(outlook), fc.boolean(), (names, known, isBudgeted) => {
        const planned = names.map(([kernel, agent]) => cell(kernel, agent));
        const outlooks = new Map(known.map((one, index) => [planned[index]?.id ?? '', one]));
        expect(scheduleCells(planned, outlooks, { isBudgeted })).to.have.members(planned);
      }),
    );
  });
});
