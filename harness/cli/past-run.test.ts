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
import { lockRun, openPastRun } from './past-run.ts';

const LINES = createSampleRun().map((event) => `${JSON.stringify(event)}\n`);
const LOG = LINES.join('');
/** Up to the last event, without which a run is not complete. */
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

  it('is read up to the last whole event, and what was half written is cut off', () => {
    fc.assert(
      fc.property(fc.integer({ min: LINES[0]?.length ?? 1, max: CUT_MAX }), (length) => {
        write(LOG.slice(0, length));
        const { events } = openPastRun(out, 'one');
        const whole = LOG.slice(0, length).split('\n').length - 1;
        expect(events).to.have.length(whole);
        expect(read()).to.equal(LINES.slice(0, whole).join(''));
      }),
      { numRuns: 30 },
    );
  });

  it('is read up to a hole of zeros that a power loss has left', () => {
    const whole = LINES.slice(0, 5).join('');
    write(Buffer.concat([Buffer.from(whole), Buffer.alloc(4096), Buffer.from('\n{"type"')]));
    expect(openPastRun(out, 'one').events).to.have.length(5);
    expect(read()).to.equal(whole);
  });

  it('is found by its path, too, and by a link to it', () => {
    write(LINES.slice(0, 3).join(''));
    symlinkSync('one', join(out, 'latest'));
    expect(openPastRun(out, 'latest').folder).to.equal(realpathSync(join(out, 'one')));
    expect(openPastRun('elsewhere', join(out, 'one')).begin.type).to.equal('run-begin');
  });

  it('does not go on if it is complete', () => {
    write(LOG);
    expect(() => openPastRun(out, 'one')).to.throw(UsageError, 'is complete');
    expect(read()).to.equal(LOG);
  });

  it('does not go on if it had not begun', () => {
    write('{"type":"run-be');
    expect(() => openPastRun(out, 'one')).to.throw(UsageError, 'holds no event');
  });

  it('that nobody knows is an error that names the runs that are there', () => {
    expect(() => openPastRun(out, 'two')).to.throw(UsageError, 'there is no run "two"');
    try {
      openPastRun(out, 'two');
    } catch (error) {
      expect((error as UsageError).remedy).to.match(/: one$/);
    }
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
