/** The product as a user sees it: real kernels, real QEMU, the real agent, the real command. */

import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { RunEvent } from '../events.ts';
import { reportSchema } from '../report/schema.ts';
import { startKmxRun } from './testing/kmx-process.ts';

type TestEnd = Extract<RunEvent, { type: 'test-end' }>;

const testEnds = (events: readonly RunEvent[]): readonly TestEnd[] =>
  events.filter((event) => event.type === 'test-end');

const verdictsOf = (ends: readonly TestEnd[], cell: string): ReadonlySet<string> =>
  new Set(ends.filter((end) => end.cell === cell).map(({ verdict }) => verdict));

describe('kmx run', () => {
  let reports: string;
  beforeEach(async () => {
    reports = await mkdtemp(join(tmpdir(), 'kmx-reports-'));
  });
  afterEach(() => rm(reports, { recursive: true }));

  it('finds the known panics on 6.12 with cgroup v1, and no other', async () => {
    await using run = await startKmxRun(['--only', 'default']);
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).to.equal(0);
    const ends = testEnds(await run.events());
    const cells = new Set(ends.map(({ cell }) => cell));
    expect(cells.size).to.equal(8);
    for (const cell of cells) {
      const verdicts = verdictsOf(ends, cell);
      if (cell === 'debian-6.12+default+v1+unguarded') expect(verdicts).to.include('agent-panic');
      else expect([...verdicts], cell).to.have.members([...verdicts].filter(isGoodOne));
    }
    const panic = ends.find(({ verdict }) => verdict === 'agent-panic');
    expect(panic?.findings[0]?.place).to.match(/cgroups\/unguarded\.rs:\d+$/);
    expect(output).to.include('agent-panic').and.to.include('unguarded.rs');
    expect(output).to.match(
      /\d known panics, as expected; nothing else went wrong .* exit code 0\.$/,
    );
    const page = /^report: (.*index\.html)$/m.exec(output)?.[1] ?? '';
    expect(existsSync(resolve(page)), output).to.equal(true);
  });

  it('still writes its reports when it ends because of a bug, and leaves no machine', async () => {
    // A rejection that nobody waits for, as soon as the first test has a verdict.
    const code = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { appendFileSync } = fs;
      fs.appendFileSync = (descriptor, text) => {
        appendFileSync(descriptor, text);
        if (String(text).includes('"test-end"')) Promise.reject(new Error('nobody waits'));
      };
      syncBuiltinESMExports();`;
    const preload = `--import=data:text/javascript,${encodeURIComponent(code)}`;
    await using run = await startKmxRun(['--only', '6.12', 'v2', 'default+v2+guarded'], {
      environment: { NODE_OPTIONS: preload },
    });
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).to.equal(70);
    expect(output).to.include('this is a bug in kmx: nobody waits');
    const report = reportSchema.parse(JSON.parse(await run.read('report.json')));
    expect(report.interrupted).to.equal(true);
    expect(report.cells[0]?.tests.length).to.be.above(0);
    expect(await run.machines()).to.deep.equal([]);
  });

  it('counts a killed machine as a miss of its test, and goes on', async () => {
    await using run = await startKmxRun(['--only', '6.12', 'v2', 'default+v2+guarded']);
    const isItsBegin = (event: RunEvent): boolean =>
      event.type === 'test-begin' && event.test.title.includes('fifth');
    // It has a guest only once the test before is decided.
    await run.until(
      ({ type }, index, all) => type === 'guest-ready' && all.slice(0, index).some(isItsBegin),
    );
    // The test's own guest, and perhaps a spare one for the next test.
    expect(await run.killMachines()).to.be.above(0);
    const { exitCode } = await run.ended;
    const ends = testEnds(await run.events());
    const missed = ends.filter(({ verdict }) => verdict === 'miss');
    expect(missed.map(({ test }) => test.title)).to.have.length(1);
    expect(missed[0]?.test.title).to.include('fifth');
    expect(ends.filter(({ verdict }) => verdict === 'pass').length).to.be.above(10);
    expect(exitCode).to.equal(1);
  });

  it('tries what was not as expected again in a fresh guest, and lets the first try stand', async () => {
    const nothing = join(reports, 'expectations.yaml');
    await writeFile(nothing, '# nothing is expected\n');
    const only = ['6.12', 'default+v1+unguarded', ':without the memory controller'];
    const words = ['--only', ...only, '--retries', '1', '--expectations', nothing];
    await using run = await startKmxRun(words);
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).to.equal(1);
    const report = reportSchema.parse(JSON.parse(await run.read('report.json')));
    const test = report.cells[0]?.tests.find(({ verdict }) => verdict === 'agent-panic');
    expect(test?.attempts?.map(({ signature }) => signature)).to.deep.equal([
      test?.signature,
      test?.signature,
    ]);
    expect(new Set(test?.attempts?.map(({ guest }) => guest)).size).to.equal(2);
    expect(test).not.to.have.property('isFlaky');
  });

  it('goes on after a SIGKILL where its events end, and no test is lost or run twice', async () => {
    const only = ['--only', '6.12', 'default+v2+guarded'];
    {
      await using run = await startKmxRun(only, { reports });
      await run.until((event) => event.type === 'test-end' && event.test.title.includes('quota'));
      process.kill(run.pid, 'SIGKILL');
      await run.ended;
    }
    await appendFile(join(reports, 'latest/events.jsonl'), '{"type":"test-e');
    await using rest = await startKmxRun(['--resume', 'latest'], { reports });
    const { exitCode, output } = await rest.ended;
    expect(exitCode, output).to.equal(0);
    const ends = testEnds(await rest.events()).map(({ test }) => `${test.file} ${test.title}`);
    expect(ends.length).to.be.above(30);
    expect(new Set(ends).size).to.equal(ends.length);
    const report = reportSchema.parse(JSON.parse(await rest.read('report.json')));
    expect(report.cells[0]?.tests).to.have.length(ends.length);
    expect(report.resumedAt).to.have.length(1);
    expect(report.cells[0]?.guests.map(({ reason }) => reason)).to.include('resumed');
  });

  it('leaves no machine and a readable report when it is interrupted', async () => {
    await using run = await startKmxRun(['--only', '6.1', 'default']);
    await run.until((event) => event.type === 'test-end' && event.test.title.includes('exit code'));
    const machines = await run.machines();
    expect(machines.length).to.be.above(0);
    process.kill(run.pid, 'SIGINT');
    const { exitCode } = await run.ended;
    expect(exitCode).to.equal(130);
    for (const pid of machines) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
    const report = JSON.parse(await run.read('report.json')) as { interrupted?: boolean };
    expect(report.interrupted).to.equal(true);
    expect(await run.read('junit.xml')).to.match(/<\/testsuites>\s*$/);
  });
});

function isGoodOne(verdict: string): boolean {
  return verdict === 'pass' || verdict === 'skip';
}
