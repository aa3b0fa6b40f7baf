import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Comparison,
  compareRuns,
  type Difference,
  type Result,
} from '../report/differences.ts';
import { type RunReport, reportSchema } from '../report/schema.ts';
import { renderTable } from '../reporters/table.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { type RunOptions, run } from './run.ts';

export interface CrossCheckOptions extends Omit<RunOptions, 'sample'> {
  readonly sample: number;
  readonly seed?: string;
}

/**
 * Runs a sample of cells twice, with restored guests and with booted ones, and reports where the
 * verdicts differ: a saved guest must be as good as a booted one.
 */
export async function crossCheck(options: CrossCheckOptions): Promise<number> {
  const { sample: count } = options;
  const seed = options.seed ?? new Date().toISOString().slice(0, 10);
  const sampled = { ...options, sample: { count, seed }, cache: false };
  const reports: RunReport[] = [];
  for (const templates of [true, false]) {
    const how = templates ? 'restored' : 'booted';
    process.stderr.write(`\n${how} guests, ${count} cells sampled by ${seed}\n`);
    const out = join(options.out, `cross-check-${how}`);
    const code = await run({ ...sampled, templates, out });
    if (code === EXIT_CODES.interrupted || code === EXIT_CODES.unmeasured) return code;
    reports.push(readReport(join(out, 'latest')));
  }
  const [restored, booted] = reports as [RunReport, RunReport];
  const comparison = compareRuns(restored, booted);
  process.stdout.write(`\n${render(comparison).join('\n')}\n`);
  const { differences, unmeasured } = comparison;
  return differences.length + unmeasured.length === 0 ? EXIT_CODES.good : EXIT_CODES.bad;
}

function readReport(folder: string): RunReport {
  return reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
}

function render({ differences, unmeasured, compared }: Comparison): readonly string[] {
  const rows = [...differences, ...unmeasured].map(rowOf);
  const table = rows.length === 0 ? [] : renderTable([['restored', 'booted', ''], ...rows]);
  const missed = unmeasured.length === 0 ? '' : `, ${unmeasured.length} could not be measured`;
  const found = differences.length === 0 ? 'no difference' : `${differences.length} differences`;
  return [...table, `${found} in ${compared} tests${missed}`];
}

function rowOf({ cell, test, one, other }: Difference): string[] {
  return [describe(one), describe(other), `${cell}  ${test.file}: ${test.title}`];
}

function describe(result: Result | undefined): string {
  if (result === undefined) return 'absent';
  return [result.verdict, result.signature].filter(Boolean).join(' ');
}
