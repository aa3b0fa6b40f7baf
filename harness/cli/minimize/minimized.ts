/** What `kmx minimize` has found, as plain JSON. */
import type { TestId } from '../../events.ts';
import type { JsonObject } from '../../minimize/json-tree.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { describeMachine, machineOf } from '../../report/describe-machines.ts';
import type { RunReport } from '../../report/schema.ts';
import { type Original, titleOf } from '../../reproduce/original.ts';
import type { RepeatableCall } from '../../trace/repeatable-calls.ts';
import type { GuestSetting } from './guest-setting.ts';
import type { Smallest } from './minimize-failure.ts';

export interface MadeCall {
  /** Its name in the agent's protocol. */
  readonly call: string;
  /** In protobuf's JSON form. */
  readonly request: JsonObject;
}

export interface Minimized {
  /** The cell's id. */
  readonly cell: string;
  readonly test: TestId;
  readonly verdict: string;
  /** What it was, on one line. */
  readonly title?: string;
  readonly signatures: readonly string[];
  /** Absent: they alone do not show it, and the test has to run. */
  readonly calls?: readonly MadeCall[];
  /** Absent: the guest is a container. */
  readonly guest?: GuestSetting;
  /** Less of the guest does not show it; false: it is as in its cell. */
  readonly isGuestLeast: boolean;
  readonly versions: Versions;
  /** What the guest and its agent said, as lines. */
  readonly evidence: string;
  /** How many candidates were tried. */
  readonly tried: number;
  /** False: interrupted, and less may do. */
  readonly isComplete: boolean;
}

/** By what it is, for people. */
export type Versions = Readonly<Record<string, string>>;

export interface MinimizedParts {
  /** What just came. */
  readonly original: Original;
  readonly smallest: Smallest;
  /** Of the run in which it came. */
  readonly report: RunReport;
  readonly tried: number;
  readonly isComplete: boolean;
}

export function describeMinimized(parts: MinimizedParts): Minimized {
  const { original, smallest, report, tried, isComplete } = parts;
  const { cell, test, signatures } = original;
  const { result, calls, guest, isGuestLeast } = smallest;
  return {
    ...{ cell, test, verdict: result.verdict, signatures, tried, isComplete, isGuestLeast },
    ...omitUndefined({ title: titleOf(result), calls: calls?.map(madeCall), guest }),
    versions: versionsOf(report, cell),
    evidence: evidenceOf(smallest, signatures),
  };
}

function madeCall({ call, request }: RepeatableCall): MadeCall {
  return { call, request };
}

function versionsOf({ cells, kernels, inputs = {}, host }: RunReport, id: string): Versions {
  const cell = cells.find((one) => one.id === id);
  if (cell === undefined) throw new Error(`Expected a run of ${id}`);
  const [kernel] = kernels;
  const machine = machineOf(host, cell);
  const digest = inputs[`agent ${cell.agent}`];
  return omitUndefined({
    'guest kernel': kernel && `${kernel.release} (${cell.kernel}, config ${cell.config})`,
    'cgroup mode': cell.cgroup,
    agent: digest === undefined ? cell.agent : `${cell.agent} (${digest})`,
    machine: machine && describeMachine(machine),
    kmx: host.kmx,
  });
}

function evidenceOf({ result }: Smallest, signatures: readonly string[]): string {
  const { findings, detail } = result;
  const finding = findings.find(({ signature }) => signatures.includes(signature)) ?? findings[0];
  return finding?.excerpt ?? detail?.text ?? detail?.message ?? result.verdict;
}
