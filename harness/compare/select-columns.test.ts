import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { selectAxis, selectCells, selectRuns } from './select-columns.ts';
import { makeRun } from './testing/made-run.ts';

const run = makeRun(
  ['debian-6.1', 'debian-6.12', 'trixie-6.12'].flatMap((kernel) =>
    (['v1', 'v2'] as const).flatMap((cgroup) =>
      ['guarded', 'unguarded'].map((agent) => ({ kernel, cgroup, agent, tests: [] })),
    ),
  ),
);

function namesOf({ columns }: { readonly columns: readonly { readonly name: string }[] }) {
  return columns.map(({ name }) => name);
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}; ${error.remedy}`;
    throw error;
  }
  throw new Error('Expected a UsageError');
}

describe('columns, as users ask for them', () => {
  it('are cells that are named by their ids', () => {
    const { axes, columns } = selectCells(
      run,
      ['debian-6.12+default+v1+unguarded', 'debian-6.12+default+v2+unguarded'],
      [],
    );
    expect(axes).to.deep.equal(['cgroup']);
    expect(columns.map(({ cells }) => cells.map(({ id }) => id))).to.deep.equal([
      ['debian-6.12+default+v1+unguarded'],
      ['debian-6.12+default+v2+unguarded'],
    ]);
  });

  it('are a column for each kernel that a word names', () => {
    expect(namesOf(selectCells(run, ['6.1', '6.12'], []))).to.deep.equal([
      'debian-6.1',
      'debian-6.12',
      'trixie-6.12',
    ]);
  });

  it('take words with spaces as well as with +', () => {
    const { axes } = selectCells(run, ['6.1 v1', 'debian-6.12+v2'], []);
    expect(axes).to.deep.equal(['kernel', 'cgroup']);
  });

  it('do not differ in what only one argument narrows down', () => {
    expect(selectCells(run, ['debian-6.1+v1', 'debian-6.12'], []).axes).to.deep.equal(['kernel']);
  });

  it('are the values of an axis, of which words select some and narrow down the others', () => {
    const { columns } = selectAxis(run, 'kernel', ['6.12', 'v1']);
    expect(columns.map(({ name, cells }) => [name, cells.length])).to.deep.equal([
      ['debian-6.12', 2],
      ['trixie-6.12', 2],
    ]);
    expect(namesOf(selectAxis(run, 'agent', []))).to.deep.equal(['guarded', 'unguarded']);
  });

  it('are runs, even the same one twice', () => {
    expect(namesOf(selectRuns([run, run], ['v1']))).to.deep.equal(['run', 'run (2)']);
  });
});

describe('columns that cannot be', () => {
  it('are refused with what there is', () => {
    expect(refusal(() => selectCells(run, ['debian-6.1', 'debian-6.13'], []))).to.equal(
      'no cell of the run run matches "debian-6.13"; did you mean "debian-6.1"? it has kernel debian-6.1, debian-6.12 and trixie-6.12; config default; cgroup v1 and v2; agent guarded and unguarded',
    );
    expect(refusal(() => selectCells(run, ['6.1'], []))).to.match(/two or more columns, found 1/);
    expect(refusal(() => selectCells(run, ['v1', '6.1'], []))).to.match(/cells in common/);
    expect(refusal(() => selectCells(run, ['6.1', '6.12'], ['hybrid']))).to.match(
      /matches "hybrid"/,
    );
    expect(refusal(() => selectAxis(run, 'machine', []))).to.match(/only one machine/);
    expect(refusal(() => selectRuns([run, run], ['hybrid']))).to.match(/matches "hybrid"/);
  });

  it('are refused if no combination is there', () => {
    const few = makeRun([
      { kernel: 'k1', cgroup: 'v1', tests: [] },
      { kernel: 'k2', cgroup: 'v2', tests: [] },
    ]);
    expect(refusal(() => selectCells(few, ['k1+v2', 'k2'], []))).to.match(
      /not in every combination/,
    );
  });

  it('are refused if nobody could look at so many', () => {
    const many = makeRun(
      Array.from({ length: 25 }, (_, index) => ({ kernel: `k${index}`, tests: [] })),
    );
    expect(refusal(() => selectAxis(many, 'kernel', []))).to.match(/25 columns are too many/);
  });
});
