/** A run with another agent, compared with the one before: from the command line to the exit code. */
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { foldRunLog } from './fold-run-log.ts';
import { guestBinaries } from './project.ts';
import { startKmxRun } from './testing/kmx-process.ts';

describe('a run with another agent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmx-baseline-run-'));
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);

  function write(guard: 'on' | 'off'): void {
    const agent = `{ kata: { path: ${at('agent')}, arguments: ["--guard=${guard}"] } }`;
    const kernel = '{ debian: { suite: [bookworm, bookworm-security], series: "6.12" } }';
    writeFileSync(
      at('matrix.yaml'),
      `kernels: { debian-6.12: ${kernel} }\ncgroups: [v1]\nagents: { mine: ${agent} }\n`,
    );
  }

  async function run(...options: readonly string[]) {
    const words = ['--matrix', at('matrix.yaml'), '--only', ':CPU quota', '--baseline', 'latest'];
    await using started = await startKmxRun([...words, '--fail-on', 'new', ...options], {
      reports: at('reports'),
    });
    return await started.ended;
  }

  it('is red for what is new, says what changed, and is green when nothing is new', async function () {
    this.timeout('10m');
    copyFileSync(guestBinaries.agent, at('agent'));
    write('on');
    const first = await run();
    expect(first.exitCode, first.output).to.equal(0);
    expect(first.output).to.include('will be the first baseline');

    appendFileSync(at('agent'), 'another one');
    write('off');
    const second = await run();
    expect(second.exitCode, second.output).to.equal(1);
    const latest = at('reports/latest');
    const report = JSON.parse(readFileSync(join(latest, 'report.json'), 'utf8'));
    expect(report.baseline.inputs.map(({ kind }: { kind: string }) => kind)).to.deep.equal([
      'agent',
      'matrix',
    ]);
    const [change, ...others] = report.baseline.changes;
    expect(others).to.deep.equal([]);
    expect(change).to.deep.include({ change: 'new' });
    expect(change.now.verdict).to.equal('agent-panic');
    // The report is a function of the log alone.
    expect(JSON.parse(JSON.stringify(foldRunLog(join(latest, 'events.jsonl'))))).to.deep.equal(
      report,
    );

    const third = await run();
    expect(third.exitCode, third.output).to.equal(0);
    expect(third.output).to.match(/^Nothing new since \S+ in \d+ tests/m);
  });
});
