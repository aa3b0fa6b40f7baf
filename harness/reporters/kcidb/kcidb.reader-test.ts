import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import type { RunReport } from '../../report/schema.ts';
import { HOSTILE } from '../../report/testing/sample-ends.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import { fullReport, hostileReport } from '../testing/hostile-report.ts';
import { renderFormat } from '../testing/render-format.ts';
import { foldEvents, recordedRun } from '../testing/runs.ts';

/** Installed by `scripts/setup tests`. */
const PYTHON = fileURLToPath(new URL('../../../.tools/python/bin/python', import.meta.url));

/** Reads a report from each line; prints what is wrong with it, or an empty line. */
const READER = `
import json, sys
from kcidb_io.schema import V5_3
for line in sys.stdin:
    try:
        V5_3.validate(json.loads(line))
        print()
    except Exception as error:
        print(str(error).replace("\\n", " ")[:1000])
`;

async function faultsOf(reports: readonly object[]): Promise<readonly string[]> {
  const input = reports.map((report) => `${JSON.stringify(report)}\n`).join('');
  const { stdout } = await execa(PYTHON, ['-c', READER], { input, stripFinalNewline: false });
  return stdout.split('\n').slice(0, -1);
}

async function kcidb(report: RunReport): Promise<Record<string, unknown>> {
  return JSON.parse(await renderFormat('kcidb', report));
}

describe('kcidb.json, read by the library of KernelCI', () => {
  it('is a report of version 5.3, with hostile text in every field', async () => {
    const sample = fullReport(foldEvents(createSampleRun()));
    const texts = [HOSTILE, '\u0000', 'ü/..:,', 'x'.repeat(50_000), '\n'];
    const reports = [
      foldEvents(recordedRun()),
      sample,
      ...texts.map((text) => hostileReport(sample, text)),
    ];
    const faults = await faultsOf(await Promise.all(reports.map(kcidb)));
    expect(faults).to.deep.equal(reports.map(() => ''));
  });

  it('would not be read with something else in it', async () => {
    const report = await kcidb(foldEvents(recordedRun()));
    const [fault] = await faultsOf([{ ...report, results: [] }]);
    expect(fault).to.match(/results/);
  });
});
