import type { RunEvent, TestDetail } from '../../events.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { decideVerdict } from '../../verdict/decide.ts';
import { type Finding, makeFinding } from '../../verdict/finding.ts';
import { createSampleRun } from './sample-run.ts';

export const REFUSED = 'ReadStdout was refused: INTERNAL: Invalid exec id';

export const OOM_KILL = makeFinding({
  class: 'oom-kill',
  title: 'OOM kill of workload in a memory cgroup',
  source: 'console',
  start: 30_000,
  end: 30_100,
  excerpt: 'Memory cgroup out of memory: Killed process 91 (workload)',
});

type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;

/** The sample run, in which those of the passed tests fail for which `fails` gives a detail. */
export function createRunWithFailures(
  fails: (test: TestEnd) => TestDetail | undefined,
  findings: readonly Finding[] = [],
): readonly RunEvent[] {
  return createSampleRun().map((event) => {
    if (event.type !== 'test-end' || event.verdict !== 'pass') return event;
    const detail = fails(event);
    if (detail === undefined) return event;
    const { lastWords, ...claimed } = detail;
    const known = { kind: 'observed', claim: 'fail', findings } as const;
    const words = omitUndefined({ lastWords });
    return { ...event, ...decideVerdict({ ...known, detail: claimed, ...words }) };
  });
}
