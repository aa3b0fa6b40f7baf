import { expect } from 'chai';
import picocolors from 'picocolors';
import { parseEventLines } from '../report/event-lines.ts';
import { reportSchema } from '../report/schema.ts';
import { createBuiltRun, OFF, ON } from '../report/testing/built-run.ts';
import { createPlainReporter } from './plain.ts';
import { renderSummary } from './summary.ts';
import { renderFormat } from './testing/render-format.ts';
import { foldEvents } from './testing/runs.ts';

const colors = picocolors.createColors(false);
const resume = 'kmx run --resume x';
const command = (words: readonly string[]): string => ['scripts/kmx', ...words].join(' ');
const options = { colors, width: 100, folder: 'reports/latest', resume, command };
const RUN = createBuiltRun();
const REPORT = foldEvents(RUN);

describe('kernels that kmx has built', () => {
  it('are told of as the run goes, with the time that it took', () => {
    let text = '';
    const reporter = createPlainReporter(
      (piece) => {
        text += piece;
      },
      { colors, resume },
    );
    for (const event of RUN) reporter.onEvent?.(event);
    expect(text).to.include('kernel source-6.12+v1-off: 6.12.117, built earlier, in 4 min 12 s\n');
    expect(text).to.include('kernel source-6.12+v1-on: 6.12.117, built in 1 min 35 s\n');
  });

  it('are in the event log and the report as their schemas have it', () => {
    const log = RUN.map((event) => `${JSON.stringify(event)}\n`).join('');
    expect(parseEventLines(log)).to.deep.equal(RUN);
    expect(reportSchema.parse(JSON.parse(JSON.stringify(REPORT)))).to.deep.equal(REPORT);
  });

  it('are summed up if any was built for the run', () => {
    const summary = renderSummary(REPORT, options).split('\n');
    expect(summary).to.include('1 kernel built in 1 min 35 s, 1 built earlier');
    const cached = REPORT.kernels.map((kernel) => ({
      ...kernel,
      built: { seconds: 95, isCached: true },
    }));
    expect(renderSummary({ ...REPORT, kernels: cached }, options)).not.to.include('built');
  });

  it('are what cells name in report.json and in JUnit', async () => {
    expect(REPORT.cells.map(({ build }) => build)).to.deep.equal([OFF.build, ON.build]);
    const junit = await renderFormat('junit', REPORT);
    expect(junit).to.include('<property name="build" value="source-6.12+v1-on"/>');
  });

  it('are builds of their own in KCIDB, with the seconds that they took', async () => {
    const { builds, tests } = JSON.parse(await renderFormat('kcidb', REPORT));
    expect(
      builds.map((build: Record<string, unknown>) => [
        ...[build.config_name, build.duration, build.status],
      ]),
    ).to.deep.equal([
      ['source-6.12+v1-off', 252, 'PASS'],
      ['source-6.12+v1-on', 95, 'PASS'],
    ]);
    const used = new Set(tests.map((test: { readonly build_id: string }) => test.build_id));
    expect(used.size).to.equal(2);
  });
});
