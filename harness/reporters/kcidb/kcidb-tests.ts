import { omitUndefined } from '../../omit-undefined.ts';
import { describeMachine, machineOf } from '../../report/describe-machines.ts';
import type { CellReport, RunReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { type Case, evidenceOf, explainCase, isKnown } from '../cases.ts';
import { comment, excerpt, ORIGIN, pathPart, testIdOf } from './kcidb-ids.ts';

/** `FAIL`: what is tested is at fault. `ERROR`: the test is. `MISS`: nothing was measured. */
const STATUS: Readonly<Record<Verdict, string>> = {
  'kernel-panic': 'FAIL',
  'kernel-oops': 'FAIL',
  'agent-panic': 'FAIL',
  'boot-failure': 'FAIL',
  hang: 'FAIL',
  fail: 'FAIL',
  error: 'ERROR',
  miss: 'MISS',
  pass: 'PASS',
  skip: 'SKIP',
};

export interface NamedTest {
  readonly cell: CellReport;
  readonly test: Case;
  /** No other test of the cell has it. */
  readonly name: string;
  readonly buildId: string;
}

export function testOf({ cell, test, name, buildId }: NamedTest, report: RunReport): object {
  const { verdict, durationMs, startMs, signature, judgement, cached } = test;
  const evidence = excerpt(evidenceOf(test));
  const { id, config, cgroup, agent, machine } = cell;
  const used = machineOf(report.host, cell);
  const start = startMs === undefined ? undefined : Date.parse(report.startedAt) + startMs;
  return {
    id: testIdOf(report, id, name),
    origin: ORIGIN,
    build_id: buildId,
    path: pathOf(test),
    comment: comment(name),
    status: STATUS[verdict],
    duration: durationMs / 1000,
    ...omitUndefined({
      start_time: start === undefined ? undefined : new Date(start).toISOString(),
      log_excerpt: evidence === '' ? undefined : evidence,
    }),
    environment: {
      comment: comment(`${used ? describeMachine(used) : machine}: ${cgroup}, ${agent}`),
      misc: {
        ...{ cell: toLine(id), config: toLine(config), cgroup },
        ...{ agent: toLine(agent), machine: toLine(machine) },
      },
    },
    misc: {
      verdict,
      run: toLine(report.run),
      ...omitUndefined({
        why: toLine(explainCase(test, report), 1000) || undefined,
        signature: signature && toLine(signature),
        judgement: judgement?.status,
        isKnown: isKnown(test) || undefined,
        cachedFrom: cached && toLine(cached.run),
      }),
    },
  };
}

/** `kmx.cpuset.pinning.cpuset_pins_a_container_to_one_CPU`. */
function pathOf({ file, title }: Case): string {
  const folders = file.replace(/\.spec\.ts$/, '').split('/');
  const parts = file === title ? [title] : [...folders, title];
  return ['kmx', ...parts.map(pathPart)].join('.');
}
