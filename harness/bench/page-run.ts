/**
 * The report of a run with many tests, and its logs: cells of a recorded run, over and over, with a guest
 * for each test. Of the logs, only their sizes and what is found in them matter.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEventLines } from '../report/event-lines.ts';
import { createReportFold } from '../report/fold-report.ts';
import { addTotals, groupCrashes, groupFailures } from '../report/group.ts';
import type { CellReport, RunReport, TestReport } from '../report/schema.ts';

const RECORDED = new URL('../report/testdata/events.jsonl', import.meta.url);
const AGENTS = ['guarded', 'unguarded'];
const CGROUPS = ['v1', 'hybrid', 'v2'] as const;
const TEST_MS = 1500;
const RESTORE_MS = 400;
/** As an agent's are, mostly. */
const LOG_BYTES = 400;

/** @param wanted Number of tests, rounded up to whole cells. */
export function makePageRun(wanted: number): RunReport {
  const fold = createReportFold();
  for (const event of parseEventLines(readFileSync(RECORDED, 'utf8'))) fold.push(event);
  const recorded = fold.report();
  const cells: CellReport[] = [];
  let tests = 0;
  while (tests < wanted) {
    const number = cells.length;
    const template = recorded.cells[number % recorded.cells.length];
    if (template === undefined) throw new Error('Expected the record to have cells');
    cells.push(makeCell(template, number));
    tests += template.tests.length;
  }
  return {
    ...recorded,
    cells,
    totals: addTotals(cells.map(({ totals }) => totals)),
    crashes: groupCrashes(cells),
    failures: groupFailures(cells),
  };
}

function makeCell(template: CellReport, number: number): CellReport {
  const axes = {
    kernel: `debian-6.${Math.floor(number / (AGENTS.length * CGROUPS.length))}`,
    config: 'default',
    cgroup: CGROUPS[Math.floor(number / AGENTS.length) % CGROUPS.length] ?? 'v2',
    agent: AGENTS[number % AGENTS.length] ?? 'guarded',
  };
  const id = [axes.kernel, axes.config, axes.cgroup, axes.agent].join('+');
  const [guest] = template.guests;
  if (guest === undefined) throw new Error('Expected the record to have guests');
  return {
    ...template,
    ...axes,
    id,
    tests: template.tests.map((test, index) => inOwnGuest(test, index)),
    guests: template.tests.map((_, index) => ({
      ...guest,
      number: index + 1,
      from: 'L2' as const,
      bootMs: RESTORE_MS,
      startMs: index * TEST_MS,
      end: 'ended by kmx',
    })),
    findings: [],
  };
}

function inOwnGuest(test: TestReport, index: number): TestReport {
  return {
    ...test,
    ...(test.verdict === 'skip' ? {} : { guest: index + 1 }),
    startMs: index * TEST_MS,
    findings: test.findings.map((finding) => ({ ...finding, source: 'agent-stderr', start: 0 })),
  };
}

/** @param folder Of the run. */
export function writePageLogs(folder: string, { cells }: RunReport): void {
  for (const { id, tests } of cells) {
    for (const { guest, findings } of tests) {
      if (guest === undefined) continue;
      const own = join(folder, 'cells', id, `guest-${guest}`);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, 'console.log'), '');
      writeFileSync(join(own, 'agent-stdout.log'), `${'listening '.repeat(LOG_BYTES / 10)}\n`);
      writeFileSync(join(own, 'agent-stderr.log'), findings.map(({ excerpt }) => excerpt).join(''));
    }
  }
}
