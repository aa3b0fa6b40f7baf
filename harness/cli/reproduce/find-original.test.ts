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
import { type FindOptions, findOriginal } from './find-original.ts';
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
    return await findWith({}, ...words);
  }

  async function findWith(options: Partial<FindOptions>, ...words: readonly string[]) {
    const reference = parseReference(words, { isRun: (word) => isRunName(out, word) });
    if (reference.kind === 'bundle') throw new Error('Expected no bundle');
    return await findOriginal(reference, { matrix: 'matrix.yaml', out, ...options });
  }

  async function failure(...words: readonly string[]): Promise<UsageError> {
    return await failureOf(find(...words));
  }

  async function failureOf(finding: Promise<unknown>): Promise<UsageError> {
    const error = await finding.catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(UsageError);
    return error as UsageError;
  }

  async function writeRun(
    name: string,
    cells: RunReport['cells'],
    settings: Partial<RunReport> = {},
  ): Promise<void> {
    const report = { ...createReportFold(createSampleRun()).report(), ...settings };
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

  describe('with --signature', () => {
    const signature = 's2-a93cd73b0867';
    const unknown = 's2-bbbbbbbbbbbb';
    const name = `${CELL}::cpu/quota.spec.ts CPU quota reaches the kernel with its period`;

    it('is whatever has it: the last run, or an expectation', async () => {
      const expected = await findWith({ signature }, name);
      expect(expected.original).to.deep.include({
        verdict: 'agent-panic',
        signatures: [signature],
      });
      expect(expected.original.from.kind).to.equal('expectation');
      const tests = [
        { title: 'quota', verdict: 'hang' as const, signature: unknown },
        { title: 'quota again', verdict: 'hang' as const, signature },
      ];
      await writeRun('latest', [makeCell(tests, { id: CELL })]);
      const { original } = await findWith({ signature }, CELL, ':quota');
      expect(original.from.kind).to.equal('run');
      expect(original.test.title).to.equal('quota again');
    });

    it('needs nothing that knows of it', async () => {
      const { original, others } = await findWith({ signature: unknown }, name);
      expect(original).to.deep.equal({
        ...{ from: { kind: 'command' }, cell: CELL, signatures: [unknown] },
        test: {
          file: 'cpu/quota.spec.ts',
          title: 'CPU quota › reaches the kernel with its period',
        },
      });
      expect(others).to.have.length(0);
      const boots = await findWith({ signature: unknown }, `${CELL}::boots`);
      expect(boots.original.test).to.deep.equal({ file: 'boots', title: 'boots' });
    });

    it('is refused if no failure can have it', async () => {
      for (const [wrong, code] of [
        ['agent-panic', 'NO_SIGNATURE'],
        ['s1-a93cd73b0867', 'SIGNATURE_OUTDATED'],
      ] as const) {
        expect(await failureOf(findWith({ signature: wrong }, name))).to.include({ code });
      }
      const none = await failureOf(findWith({ signature }, `${CELL}::no such test`));
      expect(none).to.include({ code: 'TEST_UNKNOWN' });
      const other = await failureOf(findWith({ signature: unknown }, 'panic-6.12'));
      expect(other.remedy).to.include(`panic-6.12 has ${signature}, not ${unknown}`);
      await writeRun('mine', [makeCell([{ verdict: 'hang', signature }], { id: CELL })]);
      const error = await failureOf(findWith({ signature: unknown }, join(out, 'mine')));
      expect(error.remedy).to.include(`nothing failed as ${unknown} in the run mine`);
    });
  });

  it('is the test of that whole name, and not one whose name has it in it', async () => {
    const tests = ['works twice', 'works'].map((title, index) => ({
      ...{ title, verdict: 'hang' as const, signature: `s2-${index}aaaaaaaaaaa` },
    }));
    await writeRun('latest', [makeCell(tests, { id: CELL })]);
    const { original } = await find(`${CELL}::x.spec.ts works`);
    expect(original.test.title).to.equal('works');
  });

  it('is run as its run was, unless something else is asked for', async () => {
    const lock = { file: 'matrix.lock.yaml', outdated: [], missing: [], unknown: [] };
    const settings: Partial<RunReport> = {
      ...{ qemu: 'container', buildIn: 'container' },
      lock: { ...lock, isEnforced: true },
    };
    await writeRun('latest', [makeCell([{ verdict: 'fail' }], { id: CELL })], settings);
    const asItWas = await find('latest');
    expect(asItWas).to.include({ buildIn: 'container', isLocked: true });
    expect(asItWas.matrix.machines.get('qemu')).to.include({ in: 'container' });
    const other = await findWith({ qemu: 'host', locked: false }, 'latest');
    expect(other).to.include({ isLocked: false });
    expect(other.matrix.machines.get('qemu')).to.include({ in: 'host' });
  });

  it('is in the first cell with a kernel of the range that an expectation has', async () => {
    const expectations = join(out, 'expectations.yaml');
    const entry = (range: string) => `
  - name: ${range.replace(/[^\d.]/g, 'r')}
    where: { kernel: "${range}", cgroup: v1, agent: unguarded }
    tests: "cpu/quota.spec.ts: *"
    outcome: agent-panic
    signature: s2-a93cd73b0867
    reason: no cpuset
    expires: 2099-12-31`;
    await writeFile(expectations, `expectations:${entry('>=6.12')}${entry('>=99')}\n`);
    const { original, cell } = await findWith({ expectations }, 'rr6.12');
    expect(cell.id).to.equal('debian-6.12+default+v1+unguarded');
    expect(original.from).to.include({ kind: 'expectation', range: '>=6.12' });
    const error = await failureOf(findWith({ expectations }, 'rr99'));
    expect(error.remedy).to.include('no kernel of the matrix is known to be >=99');
  });
});
