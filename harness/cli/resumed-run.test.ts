import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execaSync } from 'execa';
import { UsageError } from '../errors.ts';
import { type BaselineFacts, EVENTS_VERSION, type RunEvent } from '../events.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { selectCells } from '../matrix/select.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { planRun } from './plan-run.ts';
import type { RunBegin } from './run-log.ts';
import type { WantedOptions, WantedRun } from './wanted-run.ts';

const MATRIX = `
kernels: { debian-6.1: { path: { image: vmlinuz } } }
agents: { guarded: { reference: { guard: on } }, unguarded: { reference: { guard: off } } }
profiles:
  quick: { select: [{ agent: guarded }] }
`;

describe('a run that is resumed', () => {
  let folder: string;
  let begin: RunBegin;
  const at = (name: string) => join(folder, name);
  const cell = (): string => begin.cells[0]?.id ?? '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-resume-'));
    mkdirSync(at('run'));
    writeFileSync(at('matrix.yaml'), MATRIX);
    const parsed = parseMatrix(MATRIX, { file: at('matrix.yaml') });
    if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
    const [sample] = createSampleRun();
    if (sample?.type !== 'run-begin') throw new Error('Expected the sample run to begin');
    const { cells } = selectCells(parsed.matrix);
    begin = { ...sample, version: EVENTS_VERSION, matrix: at('matrix.yaml'), cells };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function resume(
    others: Partial<RunBegin> = {},
    options: Partial<WantedOptions> = {},
    more: readonly RunEvent[] = [],
  ): Promise<WantedRun> {
    const events = [{ ...begin, ...others }, ...more];
    const log = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    writeFileSync(at('run/events.jsonl'), log);
    await using held = new AsyncDisposableStack();
    const wanted = { matrix: 'matrix.yaml', out: folder, resume: 'run', templates: true };
    return await planRun({ ...wanted, ...options }, held);
  }

  const refusalOf = async (...at: Parameters<typeof resume>): Promise<UsageError> => {
    const refusal = await resume(...at).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(UsageError);
    return refusal as UsageError;
  };

  it('continues with the cells and the options that it began with', async () => {
    const { plan, isCacheRead, hasTemplates, jobs } = await resume(
      { isCacheRead: false, hasTemplates: false, jobs: 3 },
      {},
      [{ type: 'cell-begin', time: begin.time, cell: cell() }],
    );
    expect(plan).to.deep.equal({ profile: 'quick', cells: begin.cells });
    expect({ isCacheRead, hasTemplates, jobs }).to.deep.equal({
      isCacheRead: false,
      hasTemplates: false,
      jobs: 3,
    });
  });

  it('compares its inputs, which a new run has nothing to compare with', async () => {
    expect((await resume()).pastInputs).to.deep.equal(begin.inputs);
    await using held = new AsyncDisposableStack();
    const wanted = { matrix: at('matrix.yaml'), out: folder, templates: true };
    expect((await planRun(wanted, held)).pastInputs).to.equal(undefined);
  });

  for (const [option, options] of [
    ['--no-cache', { cache: false }],
    ['--no-templates', { templates: false }],
    ['--jobs 3', { jobs: 3 }],
    ['--profile', { profile: 'quick' }],
    ['--baseline', { baseline: 'latest' }],
    ['--fail-on', { failOn: 'new' }],
    ['--matrix another.yaml', { matrix: 'another.yaml' }],
  ] as const) {
    it(`refuses ${option}, with which it did not begin`, async () => {
      const refusal = await refusalOf({}, options);
      expect(refusal).to.have.property('code', 'RESUME_CONFLICT');
      expect(refusal.message).to.include(`${option} cannot change it`);
    });
  }

  it('keeps the baseline that it began with, and what it fails on', async () => {
    const baseline: BaselineFacts = {
      ...{ run: 'x', startedAt: begin.time, from: 'reports/x', profile: 'quick' },
      ...{ isFiltered: false, isInterrupted: false, host: begin.host, kernels: [] },
      ...{ tests: [], results: [], cells: [] },
    };
    const event = { type: 'baseline', time: begin.time, baseline } as const;
    const wanted = await resume({ failOn: 'new' }, {}, [event]);
    expect(wanted).to.deep.include({ baseline, failOn: 'new' });
  });

  it('accepts options that it began with', async () => {
    const options = { cache: false, templates: false, jobs: 2, matrix: at('matrix.yaml') };
    await resume({ isCacheRead: false, hasTemplates: false, jobs: 2 }, options);
  });

  describe('with kernels that are built', () => {
    const SOURCE = MATRIX.replace('path: { image: vmlinuz }', 'source: { tree: linux }');
    beforeEach(() => writeFileSync(at('matrix.yaml'), SOURCE));

    const inContainer = { buildIn: 'container' } as const;

    it('builds them where it began to', async () => {
      expect(await resume(inContainer)).to.deep.include(inContainer);
      expect(await resume(inContainer, inContainer)).to.deep.include(inContainer);
      expect(await resume()).not.to.have.property('buildIn');
      expect(await resume({}, { buildIn: 'host' })).not.to.have.property('buildIn');
    });

    it('refuses to build them elsewhere', async () => {
      const { message } = await refusalOf({}, inContainer);
      expect(message).to.include('--build-in container cannot change it');
      const other = await refusalOf(inContainer, { buildIn: 'host' });
      expect(other.message).to.include('--build-in host cannot change it');
    });
  });

  it('does not care where kernels are built that it does not have', async () => {
    expect(await resume({}, { buildIn: 'container' })).not.to.have.property('buildIn');
  });

  const changed = (change: object) => () => ({
    cells: begin.cells.map((each) => ({ ...each, ...change })),
  });
  for (const [what, others, message] of [
    ['an id that leads out of its folder', changed({ id: '../../../x' }), "'../../../x' is not a"],
    ['a cell of another profile', changed({ id: 'debian-6.1+default+v1+unguarded' }), 'is not a'],
    ['a cell that is another one in the matrix', changed({ agent: 'x' }), 'differs from the cell'],
    ['scenarios that the matrix does not choose', changed({ scenarios: ['../**'] }), 'differs'],
    ['a cell twice', () => ({ cells: [...begin.cells, ...begin.cells] }), 'a cell twice'],
    ['a name that is no run id', () => ({ run: '../x' }), "'../x' is no run id"],
    ['no profile of the matrix', () => ({ profile: 'x' }), 'there is no profile'],
    ['a matrix that does not exist', () => ({ matrix: at('none') }), 'does not exist'],
    ['a folder as its matrix', () => ({ matrix: folder }), 'to be a regular file'],
    ['a device as its matrix', () => ({ matrix: '/dev/zero' }), 'to be a regular file'],
  ] as const) {
    it(`is refused if its log has ${what}`, async () => {
      expect((await refusalOf(others())).message).to.include(message);
    });
  }

  it('does not wait for a FIFO that its log calls the matrix', async () => {
    execaSync('mkfifo', [at('fifo')]);
    expect((await refusalOf({ matrix: at('fifo') })).message).to.include('to be a regular file');
  });

  it('is refused if its log is about cells that are not its own, or begins twice', async () => {
    const { time } = begin;
    const foreign = await refusalOf({}, {}, [{ type: 'cell-begin', time, cell: '../\u001b[2Jx' }]);
    expect(foreign.message).to.include("line 2 is about '../x'");
    expect((await refusalOf({}, {}, [begin])).message).to.include('line 2 begins another run');
  });
});

describe('a run that is to fail on what is new', () => {
  it('is refused without a run to compare it with', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmx-fail-on-'));
    const file = join(folder, 'matrix.yaml');
    writeFileSync(file, MATRIX);
    await using held = new AsyncDisposableStack();
    const wanted = { matrix: file, out: folder, templates: true, failOn: 'new' } as const;
    const refusal = await planRun(wanted, held).catch((error: unknown) => error);
    rmSync(folder, { recursive: true });
    expect(refusal).to.be.instanceOf(UsageError);
    expect(refusal).to.have.property('message', '--fail-on new needs a run to compare with');
  });
});
