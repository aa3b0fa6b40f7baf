/** With the project's own matrix and expectations, and runs that are made up. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { createReportFold } from '../../report/fold-report.ts';
import type { RunReport } from '../../report/schema.ts';
import { makeCell } from '../../report/testing/made-cells.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import { parseReference } from '../../reproduce/reference.ts';
import { findOriginal } from './find-original.ts';
import { isRunName } from './past-failures.ts';

const CELL = 'debian-6.12+default+v1+unguarded';

describe('the original of a reproduction', function () {
  this.timeout(60_000);
  let out: string;
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'kmx-original-'));
  });
  afterEach(() => rm(out, { recursive: true }));

  async function find(...words: readonly string[]) {
    const reference = parseReference(words, { isRun: (word) => isRunName(out, word) });
    if (reference.kind === 'bundle') throw new Error('Expected no bundle');
    return await findOriginal(reference, { matrix: 'matrix.yaml', out });
  }

  async function failure(...words: readonly string[]): Promise<UsageError> {
    const error = await find(...words).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(UsageError);
    return error as UsageError;
  }

  async function writeRun(name: string, cells: RunReport['cells']): Promise<void> {
    const report = createReportFold(createSampleRun()).report();
    await mkdir(join(out, name));
    await writeFile(
      join(out, name, 'report.json'),
      JSON.stringify({ ...report, run: name, cells }),
    );
  }

  it('is what the expectation of that name says, in the first of its cells', async () => {
    const { original, cell, others } = await find('panic-6.12');
    expect(cell.id).to.equal(CELL);
    expect(original.test.file).to.equal('cpu/quota.spec.ts');
    expect(original).to.deep.include({ verdict: 'agent-panic', signatures: ['s2-a93cd73b0867'] });
    expect(original.from).to.include({ kind: 'expectation', name: 'panic-6.12' });
    expect(others).to.have.length.above(10);
  });

  it('is found in the expectations by words, if no run knows of it', async () => {
    const { original } = await find(CELL, '::cpu/shares', 'divide');
    expect(original.test.title).to.include('divide');
  });

  it('is that of a run, which comes before the expectations', async () => {
    const signature = 's2-aaaaaaaaaaaa';
    const tests = [{ title: 'CPU quota', verdict: 'hang' as const, signature }];
    await writeRun('latest', [makeCell(tests, { id: CELL })]);
    for (const words of [['latest'], [CELL, ':CPU quota'], ['#finding/s2-aaaaaaaaaaaa']]) {
      const { original } = await find(...words);
      expect(original, words.join(' ')).to.deep.include({ verdict: 'hang', cell: CELL });
      expect(original.from.kind).to.equal('run');
      expect(original.made).to.include.keys('host', 'kernels', 'inputs');
    }
  });

  it('must be one: different failures are listed as they can be named', async () => {
    const tests = (['aaaaaaaaaaaa', 'bbbbbbbbbbbb'] as const).map((digits) => ({
      ...{ title: `test ${digits}`, verdict: 'hang' as const, signature: `s2-${digits}` },
    }));
    await writeRun('mine', [makeCell(tests, { id: CELL })]);
    const { message, output } = await failure(join(out, 'mine'));
    expect(message).to.equal('this names 2 results of 2 different failures');
    expect(output).to.include(`'${CELL}::x.spec.ts test aaaaaaaaaaaa'`);
    const { original } = await find(join(out, 'mine'), `${CELL}::x.spec.ts test aaaaaaaaaaaa`);
    expect(original.test.title).to.equal('test aaaaaaaaaaaa');
  });

  it('is refused clearly if there is none', async () => {
    await writeRun('good', [makeCell([{ verdict: 'pass' }], { id: CELL })]);
    expect(await failure(join(out, 'good'))).to.include({ code: 'NOTHING_TO_REPRODUCE' });
    expect((await failure(join(out, 'good'))).remedy).to.include('nothing failed in the run good');
    expect(await failure(join(out, 'nowhere'))).to.include({ code: 'RUN_UNKNOWN' });
    expect(await failure('panic-6.1')).to.include({ code: 'NAME_UNKNOWN' });
    expect((await failure('panic-6.1')).remedy).to.match(/did you mean "panic-6\.12"\?/);
    expect(await failure('6.12', 'v1', 'ungarded')).to.include({ code: 'CELL_UNKNOWN' });
    expect(await failure('debian-6.12+default+v2+guarded', ':CPU quota')).to.include({
      code: 'NOTHING_TO_REPRODUCE',
    });
    await writeRun('elsewhere', [makeCell([{ verdict: 'fail' }], { id: 'other+default+v1+a' })]);
    expect(await failure(join(out, 'elsewhere'))).to.include({ code: 'CELL_UNKNOWN' });
  });
});
