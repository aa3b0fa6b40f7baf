import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { UsageError } from '../errors.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { lockRun, openPastRun, type PastRun } from './past-run.ts';

const LINES = createSampleRun().map((event) => `${JSON.stringify(event)}\n`);
const LOG = LINES.join('');
/** Not as far as the last event, without which a run is incomplete. */
const CUT_MAX = LOG.length - 2;

describe('a run that was cut off', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'kmx-past-'));
    mkdirSync(join(out, 'one'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  const write = (log: string | Buffer): void => writeFileSync(join(out, 'one/events.jsonl'), log);
  const read = (): string => readFileSync(join(out, 'one/events.jsonl'), 'utf8');

  async function open(name: string, folder = out): Promise<PastRun> {
    await using held = new AsyncDisposableStack();
    return await openPastRun(folder, name, held);
  }

  const refusalOf = (name: string): Promise<unknown> => open(name).catch((error: unknown) => error);

  it('is read up to the last whole event, and what was half written is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: LINES[0]?.length ?? 1, max: CUT_MAX }), async (length) => {
        write(LOG.slice(0, length));
        const { events } = await open('one');
        const whole = LOG.slice(0, length).split('\n').length - 1;
        expect(events).to.have.length(whole);
        expect(read()).to.equal(LINES.slice(0, whole).join(''));
      }),
      { numRuns: 15 },
    );
  });

  it('is read up to a hole of zeros that a power loss has left', async () => {
    const whole = LINES.slice(0, 5).join('');
    write(Buffer.concat([Buffer.from(whole), Buffer.alloc(4096), Buffer.from('\n{"type"')]));
    expect((await open('one')).events).to.have.length(5);
    expect(read()).to.equal(whole);
  });

  it('is found by its path, too, and by a link to it', async () => {
    write(LINES.slice(0, 3).join(''));
    symlinkSync('one', join(out, 'latest'));
    expect((await open('latest')).folder).to.equal(realpathSync(join(out, 'one')));
    const report = join(out, 'one/report.json');
    writeFileSync(report, '{}');
    for (const path of [join(out, 'one'), report]) {
      expect((await open(path, 'elsewhere')).begin.type).to.equal('run-begin');
    }
  });

  it('does not go on if it is complete', async () => {
    write(LOG);
    expect(await refusalOf('one')).to.include({ code: 'RESUME_COMPLETE' });
    expect(read()).to.equal(LOG);
  });

  it('does not go on if it had not begun', async () => {
    write('{"type":"run-be');
    expect(await refusalOf('one')).to.include({ code: 'RUN_EMPTY' });
  });

  it('that nobody knows is an error that names the runs that are there', async () => {
    const refusal = await refusalOf('two');
    expect(refusal).to.be.instanceOf(UsageError).with.property('code', 'RUN_UNKNOWN');
    expect(refusal)
      .to.have.property('remedy')
      .that.matches(/: one$/);
  });

  it('is left as it is while it is still at work, however half its last line is', async () => {
    const log = `${LINES.slice(0, 3).join('')}{"type":"test-e`;
    write(log);
    await using _lock = await lockRun(join(out, 'one'));
    expect(await refusalOf('one')).to.include({ code: 'RUN_BUSY' });
    expect(read()).to.equal(log);
  });

  it('is free again after it could not go on', async () => {
    write(LOG);
    await refusalOf('one');
    await (await lockRun(join(out, 'one')))[Symbol.asyncDispose]();
  });

  it('has one kmx at work on it at a time', async () => {
    write(LINES.slice(0, 3).join(''));
    const folder = join(out, 'one');
    {
      await using _lock = await lockRun(folder);
      const second = await lockRun(folder).catch((error: unknown) => error);
      expect(second).to.be.instanceOf(UsageError).with.property('code', 'RUN_BUSY');
    }
    await (await lockRun(folder))[Symbol.asyncDispose]();
  });
});
