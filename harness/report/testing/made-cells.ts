/** Cells of reports for tests of baselines, made of little. */
import { BOOTS } from '../../events.ts';
import { type Finding, makeFinding } from '../../verdict/finding.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import type { CellReport, TestReport } from '../schema.ts';

export interface MadeTest {
  readonly title?: string;
  readonly verdict: Verdict;
  readonly signature?: string;
  readonly why?: string;
  readonly missKind?: 'host' | 'stopped';
  readonly findings?: readonly Finding[];
  readonly isExpected?: boolean;
}

function makeTest({
  title = 'works',
  verdict,
  signature,
  why,
  missKind,
  findings = [],
  isExpected,
}: MadeTest): TestReport {
  const isPass = verdict === 'pass';
  return {
    file: 'x.spec.ts',
    title,
    verdict,
    durationMs: 1,
    ...(signature === undefined ? {} : { signature }),
    ...(isPass
      ? {}
      : { detail: { message: why ?? `${verdict} of ${title}`, ...(missKind && { missKind }) } }),
    findings: [...findings],
    ...(isExpected === true ? { judgement: { status: 'as-expected' as const, line: 1 } } : {}),
  };
}

/** A cell that came up, unless it is said how `boots` ended. */
export function makeCell(
  tests: readonly MadeTest[],
  {
    id = 'k+default+v1+a',
    boots = { verdict: 'pass' },
    loose = [],
  }: { readonly id?: string; readonly boots?: MadeTest; readonly loose?: readonly Finding[] } = {},
): CellReport {
  return {
    id,
    kernel: 'k',
    config: 'default',
    cgroup: 'v1',
    agent: 'a',
    machine: 'qemu',
    machineKind: 'qemu',
    agentKind: 'reference',
    verdict: 'pass',
    totals: {},
    guests: [],
    notes: [],
    tests: [{ ...makeTest(boots), ...BOOTS }, ...tests.map(makeTest)],
    findings: loose.map((finding) => ({ guest: 1, finding })),
  };
}

export function makePanic(name: string): Finding {
  return makeFinding({
    class: 'agent-panic',
    title: `panicked: ${name}`,
    source: 'agent-stderr',
    start: 0,
    end: 9,
    excerpt: `panicked: ${name}`,
  });
}
