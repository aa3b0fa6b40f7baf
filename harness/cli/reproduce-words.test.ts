import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BOOTS, isSameTest, type TestId } from '../events.ts';
import { fileWords, reproduceWords } from '../report/reproduce-words.ts';
import { recordedRun } from '../reporters/testing/runs.ts';
import { hasWords } from '../worker/test-filter.ts';
import { loadMatrix } from './load-matrix.ts';
import { select } from './selection.ts';

describe('The command that reproduces a test', () => {
  const matrix = loadMatrix(fileURLToPath(new URL('../../matrix.yaml', import.meta.url)));
  const { cells } = select(matrix, { profile: 'nightly' }).plan;
  const tests = recordedRun()
    .flatMap((event) => (event.type === 'tests' ? event.tests : []))
    .filter((test, index, all) => all.findIndex((one) => isSameTest(one, test)) === index);

  /** What the command line of kmx makes of it. */
  function selectAgain(cell: string, test?: TestId): ReturnType<typeof select> {
    const words = reproduceWords({ profile: 'nightly', matrix: 'matrix.yaml' }, cell, test);
    expect(words.slice(0, 4)).to.deep.equal(['run', '--no-cache', '--profile', 'nightly']);
    expect(words[4]).to.equal('--only');
    return select(matrix, { profile: 'nightly', only: words.slice(5) });
  }

  it('selects its cell and no other, in every cell of the nightly profile', () => {
    expect(cells).to.have.length.above(50);
    for (const { id } of cells) {
      expect(selectAgain(id).plan.cells.map((cell) => cell.id)).to.deep.equal([id]);
    }
  });

  it('selects that test and no other, of all that a run had', () => {
    expect(tests).to.have.length.above(20);
    for (const test of tests) {
      const { testFilter, plan } = selectAgain(cells[0]?.id ?? '', test);
      expect(plan.cells).to.have.length(1);
      expect(tests.filter((one) => hasWords(one, testFilter))).to.deep.equal([test]);
    }
  });

  it('names the files that the run was started with, unless kmx takes them anyway', () => {
    const filesOf = (matrix: string, expectationsFile?: string) =>
      fileWords({ matrix, ...(expectationsFile === undefined ? {} : { expectationsFile }) });
    expect(filesOf('matrix.yaml')).to.deep.equal([]);
    expect(filesOf('./matrix.yaml', 'expectations.yaml')).to.deep.equal([]);
    expect(filesOf('matrix.yaml', 'mine.yaml')).to.deep.equal(['--expectations', 'mine.yaml']);
    expect(filesOf('x/matrix.yaml', 'x/expectations.yaml')).to.deep.equal([
      ...['--matrix', 'x/matrix.yaml'],
    ]);
    expect(filesOf('x/m.yaml', 'expectations.yaml')).to.deep.equal([
      ...['--matrix', 'x/m.yaml', '--expectations', 'expectations.yaml'],
    ]);
    const run = { profile: 'quick', matrix: 'x/m.yaml', expectationsFile: 'mine.yaml' };
    expect(reproduceWords(run, 'a+b+c+d').join(' ')).to.equal(
      'run --no-cache --profile quick --matrix x/m.yaml --expectations mine.yaml --only a+b+c+d',
    );
  });

  it('builds kernels where the run did', () => {
    const run = { profile: 'quick', matrix: 'matrix.yaml', buildIn: 'container' } as const;
    expect(reproduceWords(run, 'a+b+c+d').join(' ')).to.equal(
      'run --no-cache --profile quick --build-in container --only a+b+c+d',
    );
  });

  it('uses only what the lock names if the run did', () => {
    const lock = { file: 'matrix.lock.yaml', outdated: [], missing: [], unknown: [] };
    const words = (isEnforced: boolean) =>
      reproduceWords(
        { profile: 'quick', matrix: 'matrix.yaml', lock: { ...lock, isEnforced } },
        'a+b+c+d',
      ).join(' ');
    expect(words(true)).to.equal('run --no-cache --profile quick --locked --only a+b+c+d');
    expect(words(false)).to.equal('run --no-cache --profile quick --only a+b+c+d');
  });

  it('runs the whole cell for a guest that does not boot', () => {
    expect(selectAgain(cells[0]?.id ?? '', BOOTS).testFilter).to.equal(undefined);
  });
});
