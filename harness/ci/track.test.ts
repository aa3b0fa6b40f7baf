import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { foldEvents } from '../reporters/testing/runs.ts';
import { createTestHub, type TestHub } from './testing/github.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/ci/tracking-issue', import.meta.url));
const NIGHT = 'https://github.example/o/n/actions/runs/7';

describe('scripts/ci/tracking-issue', function () {
  this.timeout(60_000);
  let folder: string;
  let hub: TestHub;
  let report: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-track-'));
    hub = await createTestHub(folder);
    report = join(folder, 'report.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const track = (...words: readonly string[]) =>
    execa(SCRIPT, [report, '--night', NIGHT, ...words], { env: hub.environment, reject: false });

  const sample = foldEvents(createSampleRun());
  /** All of it as expected. */
  const goodOne = {
    ...sample,
    ...{ crashes: [], failures: [], expectations: [], totals: { pass: 1 } },
    cells: sample.cells.slice(0, 1).map((cell) => ({
      ...cell,
      ...{ verdict: 'pass', totals: { pass: 1 }, findings: [] },
      tests: [{ file: 'boots', title: 'boots', verdict: 'pass', durationMs: 1, findings: [] }],
    })),
  };

  it('opens an issue, leaves it as it is while nothing changes, and closes it', async () => {
    await writeFile(report, JSON.stringify(sample));
    expect((await track()).stdout).to.contain('opened an issue: https://github.example/issues/1');
    expect((await track()).stdout).to.equal('updated the issue 1');
    const [bad] = (await hub.read()).issues;
    expect(bad).to.include({ state: 'open' }).and.to.deep.include({ comments: [] });
    await writeFile(report, JSON.stringify(goodOne));
    const closed = await track();
    expect(closed.stdout.split('\n')).to.deep.equal([
      'commented on the issue 1',
      'closed the issue 1',
    ]);
    const { issues, calls } = await hub.read();
    expect(issues).to.have.length(1);
    expect(issues[0]).to.include({ state: 'closed' });
    // What a guest said is no argument of any program.
    const words = calls.flatMap((call) => call.words).join(' ');
    expect(words).not.to.contain('unguarded.rs');
    expect((await track()).stdout).to.match(/^nothing to do: Green/);
  });

  it('opens one for a night without a report', async () => {
    await track();
    const [issue] = (await hub.read()).issues;
    expect(issue?.title).to.equal('Nightly: The night left no report.');
  });

  it('changes nothing when it is tried out', async () => {
    const { stdout } = await track('--dry-run');
    expect(stdout.split('\n').map((line) => JSON.parse(line).words[0])).to.deep.equal([
      'label',
      'issue',
    ]);
    const { calls, issues } = await hub.read();
    expect(calls.map(({ words }) => words[1])).to.deep.equal(['list']);
    expect(issues).to.deep.equal([]);
  });

  it('says so if the report is none, or gh fails', async () => {
    await writeFile(report, '{"version": 1}');
    expect(await track())
      .to.include({ exitCode: 2 })
      .and.to.have.property('stderr')
      .that.contains('is no report');
    await rm(report);
    await writeFile(join(folder, 'github.json'), 'broken');
    expect(await track())
      .to.include({ exitCode: 69 })
      .and.to.have.property('stderr')
      .that.contains('gh issue list failed');
    const other = execa(SCRIPT, [report, '--night', 'x) [y'], {
      env: hub.environment,
      reject: false,
    });
    expect(await other).to.include({ exitCode: 2 });
  });
});
