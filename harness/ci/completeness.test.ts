import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { foldEvents } from '../reporters/testing/runs.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/ci/completeness', import.meta.url));

describe('scripts/ci/completeness', function () {
  this.timeout(60_000);
  let folder: string;
  let report: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-completeness-'));
    report = join(folder, 'report.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const ask = () => execa(SCRIPT, [report], { reject: false });
  const sample = foldEvents(createSampleRun());

  it('tells a run with failures from one that was stopped by them', async () => {
    await writeFile(report, JSON.stringify({ ...sample, interrupted: false }));
    expect(await ask()).to.include({ stdout: 'complete', exitCode: 0 });
    const stopped = { interrupted: true, stopped: 'max-failures', bounds: { maxFailures: 1 } };
    await writeFile(report, JSON.stringify({ ...sample, ...stopped }));
    expect(await ask()).to.include({ stdout: 'partial', exitCode: 0 });
  });

  it('says of a run without a report that there is nothing, and of no report that it is none', async () => {
    expect(await ask()).to.include({ stdout: 'nothing', exitCode: 0 });
    await writeFile(report, '{}');
    expect(await ask()).to.include({ stdout: '', exitCode: 2 });
  });
});
