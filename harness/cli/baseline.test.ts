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
import { digestOf } from '../cache/digest.ts';
import { UsageError } from '../errors.ts';
import type { BaselineFacts, RunEvent } from '../events.ts';
import { writeConfigFile } from '../kernels/config/config-files.ts';
import { parseEventLines } from '../report/event-lines.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport } from '../report/schema.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { configsBeside, readBaseline } from './baseline.ts';
import { createConfigDiff } from './baseline-configs.ts';

const RUN = createSampleRun();
const REPORT = createReportFold(RUN).report();
const time = '2026-08-02T10:00:00.000Z';

describe('the baseline of a run', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'kmx-baseline-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  const textOf = (events: readonly RunEvent[]): string =>
    events.map((event) => `${JSON.stringify(event)}\n`).join('');

  function write(name: string, files: { report?: object; events?: readonly RunEvent[] }): string {
    const folder = join(out, name);
    mkdirSync(folder);
    if (files.report) writeFileSync(join(folder, 'report.json'), JSON.stringify(files.report));
    if (files.events) writeFileSync(join(folder, 'events.jsonl'), textOf(files.events));
    return folder;
  }

  /** The report of a run with the same events, as it is read back from its log. */
  function reportSince(
    baseline: BaselineFacts,
    change: readonly RunEvent[] = [],
    run: readonly RunEvent[] = RUN,
  ): RunReport {
    const [begin, ...rest] = run;
    if (begin === undefined) throw new Error('Expected a sample run');
    const events = [begin, { type: 'baseline', time, baseline } as const, ...change, ...rest];
    return createReportFold(parseEventLines(textOf(events))).report();
  }

  const refusalOf = (name: string): UsageError => {
    try {
      readBaseline(out, name);
    } catch (error) {
      if (error instanceof UsageError) return error;
      throw error;
    }
    throw new Error('Expected a UsageError');
  };

  function read(name: string): BaselineFacts {
    const baseline = readBaseline(out, name);
    if (baseline === undefined) throw new Error('Expected a baseline');
    return baseline;
  }

  it('is the same read from a report, from a log and by any of its names', () => {
    write('one', { report: REPORT, events: RUN });
    write('two', { events: RUN });
    symlinkSync('one', join(out, 'latest'));
    const { from, folder, ...one } = read('one');
    for (const name of ['latest', join(out, 'one'), join(out, 'one', 'report.json')]) {
      expect(read(name)).to.deep.equal({ from, folder, ...one });
    }
    expect(from).to.equal(join(out, 'one'));
    expect(read('two')).to.deep.include(one);
  });

  it('differs in nothing from the same run', () => {
    write('one', { report: REPORT, events: RUN });
    const { inputs, changes, missing } = reportSince(read('one')).baseline ?? {};
    expect({ inputs, changes, missing }).to.deep.equal({ inputs: [], changes: [], missing: [] });
  });

  it('is found again by a run that is resumed elsewhere', () => {
    const here = process.cwd();
    write('one', { report: REPORT, events: RUN });
    try {
      process.chdir(out);
      const byFolder = read('one');
      const byReport = read('one/report.json');
      expect(byFolder.from).to.equal('one');
      process.chdir('one');
      expect(configsBeside(byFolder)).to.equal(join(realpathSync(out), 'one'));
      expect(configsBeside(byReport)).to.equal(join(realpathSync(out), 'one'));
    } finally {
      process.chdir(here);
    }
  });

  it('is complete with report.json alone, but for the texts of configurations', () => {
    write('one', { report: REPORT });
    const baseline = read('one');
    expect(baseline.inputs).to.deep.equal(REPORT.inputs);
    expect(baseline.from).to.equal(join(out, 'one', 'report.json'));
    expect(reportSince(baseline).baseline?.missing).to.deep.equal([]);
  });

  it('of an older version is read, and says what it does not know', () => {
    const { inputs: _, ...old } = REPORT;
    write('one', { report: { ...old, version: 5 } });
    const { baseline } = reportSince(read('one'));
    expect(baseline?.changes).to.deep.equal([]);
    expect(baseline?.missing).to.have.length(1);
    expect(baseline?.missing[0]).to.match(/agents, scenarios and matrix file were is not known/);
  });

  it('that version 6 wrote differs in nothing from the same run today', () => {
    const report = JSON.parse(
      readFileSync(new URL('testdata/report-6.json', import.meta.url), 'utf8'),
    );
    write('one', { report });
    const events = new URL('../report/testdata/events.jsonl', import.meta.url);
    const run = parseEventLines(readFileSync(events, 'utf8'));
    const { baseline } = reportSince(read('one'), [], run);
    expect(baseline).to.deep.include({ inputs: [], changes: [], missing: [] });
  });

  it('that was cut off is compared by what it measured', () => {
    const half = RUN.slice(0, Math.floor(RUN.length / 2));
    write('one', { events: half });
    const baseline = read('one');
    expect(baseline.isInterrupted).to.equal(true);
    const found = reportSince(baseline).baseline;
    expect(found?.missing[0]).to.match(
      /^the baseline ended early: \d+ tests that it did not get to/,
    );
    expect(found?.changes.filter(({ change }) => change !== 'new')).to.deep.equal([]);
  });

  it('is none if the latest run is asked for and there is none yet', () => {
    expect(readBaseline(out, 'latest')).to.equal(undefined);
    symlinkSync('removed', join(out, 'latest'));
    expect(readBaseline(out, 'latest')).to.equal(undefined);
  });

  it('that cannot be read is refused, with its name, the reason and what to do', () => {
    write('garbled', {});
    writeFileSync(join(out, 'garbled', 'report.json'), '{"version": 6');
    write('old', { report: { ...REPORT, version: 1 } });
    for (const [name, message] of [
      ['nowhere', /^--baseline nowhere: there is no run "nowhere"/],
      ['garbled', /^--baseline garbled: .*report\.json: expected JSON/],
      ['old', /^--baseline old: .*found version 1/],
    ] as const) {
      const { message: said, remedy } = refusalOf(name);
      expect(said).to.match(message);
      expect(remedy).to.include('name another run, or leave out --baseline');
    }
  });
});

describe("configurations of a run's kernels and of its baseline's", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-baseline-configs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const HEAD =
    '#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.12.0 Kernel Configuration\n#\n';
  const feature = {
    fact: 'v1/cpuset',
    symbols: [{ symbol: 'CPUSETS_V1', values: ['y'] }],
    removedBy: [],
    requires: [],
  };
  const features = new Map([['v1/cpuset', feature]]);

  async function diff(old: string, own: string, isGone = false) {
    const [before, now] = [Buffer.from(HEAD + old), Buffer.from(HEAD + own)];
    await writeConfigFile(join(folder, 'now/configs'), now);
    if (!isGone) await writeConfigFile(join(folder, 'before/configs'), before);
    const kernel = { name: 'k', release: '6.12', digest: 'sha256:1', config: digestOf(before) };
    const baseline = { from: join(folder, 'before'), kernels: [kernel] };
    const diffConfig = createConfigDiff(baseline, join(folder, 'now'), features);
    return [await diffConfig('k', digestOf(now)), await diffConfig('other', digestOf(now))];
  }

  it('differ in symbols, those that agents need first, and nothing is said of other kernels', async () => {
    const old = 'CONFIG_A=y\nCONFIG_CGROUPS=y\nCONFIG_CPUSETS_V1=y\n';
    const own = 'CONFIG_A=m\nCONFIG_CGROUPS=y\n# CONFIG_CPUSETS_V1 is not set\nCONFIG_NEW="x"\n';
    expect(await diff(old, own)).to.deep.equal([
      {
        symbols: ['CONFIG_CPUSETS_V1: y → not set', 'CONFIG_A: y → m', 'CONFIG_NEW: – → "x"'],
        count: 3,
      },
      undefined,
    ]);
  });

  it('are the first thirty where many differ', async () => {
    const lines = (value: string) =>
      Array.from({ length: 100 }, (_, index) => `CONFIG_S${index}=${value}\n`).join('');
    const [change] = await diff(lines('y'), lines('m'));
    expect(change?.symbols).to.have.length(30);
    expect(change?.count).to.equal(100);
  });

  it('are not compared where the texts are gone, which is said', async () => {
    const [change] = await diff('CONFIG_A=y\n', 'CONFIG_A=m\n', true);
    expect(change?.symbols).to.deep.equal([]);
    expect(change?.missing).to.match(/^the baseline has no .*before\/configs\/$/);
  });
});
