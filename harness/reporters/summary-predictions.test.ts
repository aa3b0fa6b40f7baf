import { expect } from 'chai';
import picocolors from 'picocolors';
import type { RunEvent } from '../events.ts';
import type { CellReport } from '../report/schema.ts';
import { REPORT_VERSION, reportSchema } from '../report/schema.ts';
import { createSampleRun, SAMPLE_CELLS } from '../report/testing/sample-run.ts';
import { renderDisagreements } from './summary-predictions.ts';
import { foldEvents } from './testing/runs.ts';

const FINE: NonNullable<CellReport['prediction']> = {
  needs: 'mine',
  lacks: [],
  skips: [],
  open: [],
  faults: [],
};
const NO_CPUSET = {
  feature: 'v1/cpuset',
  without: 'panics',
  because: 'CPUSETS_V1 is not set',
  tests: ['**'],
} as const;

describe('predictions in a report', () => {
  const options = { folder: 'reports/latest', colors: picocolors.createColors(false) };
  const render = (events: readonly RunEvent[]): string =>
    renderDisagreements(foldEvents(events), options).join('\n');

  it('are compared with every result, and what came otherwise is listed once for each reason', () => {
    const report = foldEvents(predicting(() => FINE));
    const bad = report.cells.flatMap(({ tests }) =>
      tests.filter(({ verdict }) => !['pass', 'skip', 'miss'].includes(verdict)),
    );
    const hits = report.disagreements.flatMap((group) => group.hits);
    expect(bad).not.to.have.length(0);
    expect(hits).to.have.length(bad.length);
    expect(report.disagreements).to.have.length(new Set(bad.map(({ verdict }) => verdict)).size);
    expect(report.disagreements[0]).to.include({ predicted: 'pass' });
    expect(report.cells[0]?.prediction).to.deep.equal(FINE);
    expect(report.version).to.equal(REPORT_VERSION);
    expect(reportSchema.safeParse(report).success).to.equal(true);
  });

  it('that came true are not mentioned', () => {
    const { disagreements } = foldEvents(createSampleRun());
    expect(disagreements, 'of a run without predictions').to.deep.equal([]);
    const [cell] = SAMPLE_CELLS;
    const passing = predicting(({ id }) => (id === cell?.id ? FINE : undefined));
    expect(render(passing)).to.equal('');
  });

  it('say why something else was expected', () => {
    const [cell] = SAMPLE_CELLS;
    const lacks = [NO_CPUSET];
    const text = render(predicting(({ id }) => (id === cell?.id ? { ...FINE, lacks } : undefined)));
    expect(text).to.include(
      'agent-panic predicted (no v1/cpuset: CPUSETS_V1 is not set), pass measured: ',
    );
    expect(text).to.include(`    ${cell?.id}  `);
    expect(text).to.match(/… and \d+ more$/m);
  });
});

/** The sample run with predictions of its cells. */
function predicting(
  predict: (
    cell: (typeof SAMPLE_CELLS)[number],
  ) => NonNullable<CellReport['prediction']> | undefined,
): readonly RunEvent[] {
  const [begin, ...rest] = createSampleRun();
  if (begin === undefined) throw new Error('Expected a sample run');
  const predictions = SAMPLE_CELLS.flatMap((cell): readonly RunEvent[] => {
    const prediction = predict(cell);
    const { time } = begin;
    return prediction === undefined
      ? []
      : [{ type: 'prediction', time, cell: cell.id, prediction }];
  });
  return [begin, ...predictions, ...rest];
}
