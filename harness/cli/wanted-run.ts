import { randomBytes } from 'node:crypto';
import type { BaselineFacts, FailOn, RunBounds, RunEvent } from '../events.ts';
import { canBeBuilt } from '../matrix/builds.ts';
import type { BuildPlace, QemuPlace } from '../matrix/cell.ts';
import type { Isolation } from '../matrix/isolation.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { KnownFailures } from '../run/plan-options.ts';
import type { LoadedNeeds } from './built-in-needs.ts';
import type { SelectionOptions } from './selection.ts';

export interface WantedOptions extends SelectionOptions {
  readonly matrix: string;
  readonly out: string;
  readonly retries?: number;
  readonly missRetries?: number;
  readonly resume?: string;
  readonly expectations?: string;
  /** A folder of what agents need. */
  readonly needs?: string;
  readonly isolation?: Isolation;
  /** Where all QEMUs run; absent: as the matrix says. */
  readonly qemu?: QemuPlace;
  /** Where kernels are built; absent: on this host. */
  readonly buildIn?: BuildPlace;
  /** Only this many of the selected cells. */
  readonly sample?: { readonly count: number; readonly seed: string };
  /** Commander's name for the absence of --no-templates. */
  readonly templates: boolean;
  /** Commander's name for the absence of --no-cache. */
  readonly cache?: boolean;
  readonly jobs?: number;
  /** An earlier run to compare this one with. */
  readonly baseline?: string;
  readonly failOn?: FailOn;
  readonly maxFailures?: number;
  /** Milliseconds. */
  readonly timeBudget?: number;
  /** Use only what the lock beside the matrix names. */
  readonly locked?: boolean;
}

/** What is to be run: asked for now, or read from the events of a run that was cut off. */
export interface WantedRun {
  readonly id: string;
  readonly folder: string;
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly testFilter?: string;
  readonly retries: number;
  readonly missRetries: number;
  readonly isolation: Isolation;
  /** Where all QEMUs run, whatever the matrix said before it was placed there. */
  readonly qemu?: QemuPlace;
  /** Where its kernels are built; absent: on this host, or there are none to build. */
  readonly buildIn?: BuildPlace;
  readonly hasTemplates: boolean;
  /** Results of earlier runs are used. */
  readonly isCacheRead: boolean;
  /** Nothing but what the lock beside the matrix names is used. */
  readonly isLocked: boolean;
  /** How many cells run at the same time; absent: as many as the host allows. */
  readonly jobs?: number;
  readonly known: KnownFailures;
  readonly baseline?: BaselineFacts;
  readonly failOn?: FailOn;
  /** When it is to stop, asked for now: a run that was stopped goes on without, or with others. */
  readonly bounds?: RunBounds;
  readonly needs: LoadedNeeds;
  /** Of the resumed run; none for a new one. */
  readonly past: readonly RunEvent[];
  /** Digests of what the results of the resumed run depend on. */
  readonly pastInputs?: Readonly<Record<string, string>>;
}

/** What the option or its variable says does not matter to a run of packaged kernels. */
export function wantedBuilds(
  { buildIn }: WantedOptions,
  { kernels }: Matrix,
  { cells }: Plan,
): BuildPlace | undefined {
  if (buildIn !== 'container') return undefined;
  return cells.some(({ kernel }) => canBeBuilt(namedValue(kernels, kernel))) ? buildIn : undefined;
}

export function boundsOf({ maxFailures, timeBudget }: WantedOptions): RunBounds | undefined {
  if (maxFailures === undefined && timeBudget === undefined) return undefined;
  return omitUndefined({ maxFailures, timeBudgetMs: timeBudget });
}

/** Sorts by time, and differs between two runs of the same second. */
export function createRunId(): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
