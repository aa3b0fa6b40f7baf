import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BOOTS, isSameTest, type TestId } from '../events.ts';
import { againWords, fileWords, runWords, wordsOfTest } from '../report/reproduce-words.ts';
import { recordedRun } from '../reporters/testing/runs.ts';
import { parseReference } from '../reproduce/reference.ts';
import { makeFinding } from '../verdict/finding.ts';
import { hasWords } from '../worker/test-filter.ts';
import { loadMatrix } from './load-matrix.ts';
import { isRunName } from './reproduce/past-failures.ts';
import { select } from './selection.ts';

describe('The command that runs a test again', () => {
  const matrix = loadMatrix(fileURLToPath(new URL('../../matrix.yaml', import.meta.url)));
  const { cells } = select(matrix, { profile: 'nightly' }).plan;
  const tests = recordedRun()
    .flatMap((event) => (event.type === 'tests' ? event.tests : []))
    .filter((test, index, all) => all.findIndex((one) => isSameTest(one, test)) === index);

  /** What the command line of kmx makes of it. */
  function selectAgain(cell: string, test?: TestId): ReturnType<typeof select> {
    const words = runWords({ profile: 'nightly', matrix: 'matrix.yaml' }, cell, test);
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
    expect(runWords(run, 'a+b+c+d').join(' ')).to.equal(
      'run --no-cache --profile quick --matrix x/m.yaml --expectations mine.yaml --only a+b+c+d',
    );
  });

  it('builds kernels where the run did', () => {
    const run = { profile: 'quick', matrix: 'matrix.yaml', buildIn: 'container' } as const;
    expect(runWords(run, 'a+b+c+d').join(' ')).to.equal(
      'run --no-cache --profile quick --build-in container --only a+b+c+d',
    );
  });

  it('uses only what the lock names if the run did', () => {
    const lock = { file: 'matrix.lock.yaml', outdated: [], missing: [], unknown: [] };
    const words = (isEnforced: boolean) =>
      runWords(
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

describe('The command that reproduces a failure', () => {
  const run = { profile: 'nightly', matrix: 'matrix.yaml' };
  const cell = 'debian-6.12+default+v1+unguarded';
  const signature = 's2-a93cd73b0867';
  const quota = { file: 'cpu/quota.spec.ts', title: 'CPU quota › reaches the kernel' };
  const panic = { ...quota, verdict: 'agent-panic', signature } as const;
  const named = `${cell}::cpu/quota.spec.ts CPU quota reaches the kernel`;

  it('names the test and the signature, so that nothing else counts', () => {
    expect(againWords(run, cell, panic)).to.deep.equal([
      ...['reproduce', named, '--signature', signature],
    ]);
  });

  it('means that test and no other, of all that a run had', () => {
    const tests = recordedRun().flatMap((event) => (event.type === 'tests' ? event.tests : []));
    expect(tests).to.have.length.above(20);
    for (const test of tests) {
      const [, words = ''] = againWords(run, cell, { ...panic, ...test });
      const reference = parseReference([words], { isRun: (word) => isRunName('reports', word) });
      const meant = 'test' in reference ? reference.test : undefined;
      expect(reference).to.deep.include({ kind: 'words', cells: [cell] });
      const same = tests.filter((one) => wordsOfTest(one) === meant);
      expect(same.every((one) => isSameTest(one, test))).to.equal(true);
    }
  });

  it('carries what changes the inputs of the run', () => {
    const lock = {
      file: 'x/m.lock.yaml',
      outdated: [],
      missing: [],
      unknown: [],
      isEnforced: true,
    };
    const files = { matrix: 'x/m.yaml', expectationsFile: 'mine.yaml' };
    const places = { qemu: 'container', buildIn: 'container' } as const;
    const other = { profile: 'quick', ...files, ...places, lock, hasTemplates: false };
    expect(againWords(other, cell, panic).slice(4).join(' ')).to.equal(
      '--real-boot --matrix x/m.yaml --qemu container --build-in container --locked',
    );
  });

  it('tries until it fails what did not fail each time', () => {
    expect(againWords(run, cell, { ...panic, isFlaky: true }).slice(4)).to.deep.equal([
      '--until-fails',
    ]);
  });

  it('is about the crash in question, if the test has it for itself, and else about what decided', () => {
    const oops = {
      class: 'kernel-oops',
      title: 'BUG: bad page state',
      place: 'free_page',
    } as const;
    const bounds = { start: 0, end: 9, excerpt: '' };
    const beside = makeFinding({ ...oops, ...bounds, source: 'console' });
    const both = { ...panic, findings: [beside] };
    const asked = (signatureOfCrash: string) => againWords(run, cell, both, signatureOfCrash)[3];
    expect(asked(beside.signature)).to.equal(beside.signature);
    expect(asked('s2-000000000000')).to.equal(signature);
  });

  it('is that of a run for what was not measured, has no signature, or is no failure', () => {
    const again = 'run --no-cache --profile nightly --only';
    for (const verdict of ['miss', 'error', 'pass', 'skip'] as const) {
      const words = againWords(run, cell, { ...quota, verdict }).join(' ');
      expect(words).to.equal(`${again} ${cell} :CPU quota reaches the kernel`);
    }
    expect(againWords(run, cell).join(' ')).to.equal(`${again} ${cell}`);
  });

  it('reproduces a guest that does not boot', () => {
    const boots = { ...BOOTS, verdict: 'boot-failure', signature } as const;
    expect(againWords(run, cell, boots)[1]).to.equal(`${cell}::boots`);
  });
});
