import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createReportFold } from '../../report/fold-report.ts';
import { createBuiltRun, QUOTA } from '../../report/testing/built-run.ts';
import { measuredTestsIn } from './measured-tests.ts';

describe('measuredTestsIn', () => {
  const report = createReportFold(createBuiltRun()).report();
  const [off, on] = report.cells;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-step-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function measure(number: number, cells: readonly unknown[]): Promise<void> {
    await mkdir(join(folder, `${number}`));
    const text = JSON.stringify({ ...report, cells });
    await writeFile(join(folder, `${number}`, 'report.json'), text);
  }

  it('names the tests that failed', async () => {
    await measure(1, [off]);
    expect(measuredTestsIn(folder)).to.deep.equal([QUOTA]);
  });

  it('names all tests but the boot if none failed', async () => {
    await measure(1, [on]);
    expect(measuredTestsIn(folder)).to.deep.equal([QUOTA]);
  });

  it('looks at the last measurement that was completed', async () => {
    await measure(9, [{ ...off, tests: [] }]);
    await measure(10, [off]);
    await mkdir(join(folder, '11'));
    expect(measuredTestsIn(folder)).to.deep.equal([QUOTA]);
  });
});
