import type { RunEvent } from '../../events.ts';
import { makeFinding } from '../../verdict/finding.ts';
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

/** The sample run, in which one test failed while the kernel did what the test had asked for. */
export function createRunWithNote(): readonly RunEvent[] {
  const events = createSampleRun();
  const passed = events.findIndex(
    (event) => event.type === 'test-end' && event.test.file === 'memory/limit.spec.ts',
  );
  return events.map((event, index) =>
    index === passed && event.type === 'test-end'
      ? { ...event, verdict: 'fail', detail: { message: REFUSED }, findings: [OOM_KILL] }
      : event,
  );
}
