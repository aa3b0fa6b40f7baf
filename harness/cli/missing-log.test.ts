import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { advise } from './advise.ts';
import { compare } from './compare.ts';
import { facts } from './facts.ts';
import { findRunLog, pathOfRun } from './run-log.ts';

describe('the log of a run that was cut off before it began', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmx-empty-log-'));
  after(() => rmSync(folder, { recursive: true }));
  // The start of a line is no event.
  writeFileSync(join(folder, 'events.jsonl'), '{"type":"run-beg');
  const options = { matrix: join(folder, 'matrix.yaml'), out: folder, from: folder };
  const commands = {
    advise: () => advise(options),
    compare: () => compare(['one', 'other'], options),
    facts: () => facts(options),
  };

  for (const [name, run] of Object.entries(commands)) {
    it(`is refused by kmx ${name}, which names it`, async () => {
      const error = await run().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(UsageError);
      expect((error as Error).message).to.match(/events\.jsonl holds no event/);
    });
  }
});

describe('a run whose folder has a report and no log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmx-no-log-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'report.json'), '{}');

  it('is not said to be missing: its log is', () => {
    const log = `the run in ${folder} has no events.jsonl`;
    expect(() => findRunLog(folder, folder)).to.throw(UsageError, log);
    expect(() => findRunLog(folder, join(folder, 'report.json'))).to.throw(UsageError, log);
    expect(() => findRunLog(folder, 'other')).to.throw(UsageError, 'there is no run "other"');
  });
});

describe('the name of a run', () => {
  it('is looked for among the reports, unless it is a path or one stands in its folder', () => {
    expect(pathOfRun('reports', 'latest')).to.equal(join('reports', 'latest'));
    for (const path of ['.', '..', 'elsewhere/run', 'package.json']) {
      expect(pathOfRun('reports', path)).to.equal(path);
    }
  });

  it('may be the last but one, which has to be there', () => {
    const out = mkdtempSync(join(tmpdir(), 'kmx-runs-'));
    after(() => rmSync(out, { recursive: true }));
    expect(() => findRunLog(out, 'last-but-one')).to.throw(UsageError, 'no run before the latest');
    for (const run of ['20261124-043401-0001', '20261125-043401-0002', '20261126-043401-0003']) {
      mkdirSync(join(out, run));
      writeFileSync(join(out, run, 'events.jsonl'), '');
    }
    expect(findRunLog(out, 'last-but-one')).to.include('-0002');
    symlinkSync('20261125-043401-0002', join(out, 'latest'));
    expect(findRunLog(out, 'last-but-one')).to.include('-0001');
  });
});
