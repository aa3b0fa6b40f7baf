/** Holds a run against its baseline. */
import type { BaselineFacts, ConfigChange } from '../events.ts';
import { count } from '../phrases.ts';
import { toLine } from '../text.ts';
import { type BaselineChanges, changesSince } from './baseline-changes.ts';
import { changedInputs, type OwnInputs } from './baseline-inputs.ts';
import { unpackResults } from './baseline-pack.ts';
import type { BaselineReport } from './baseline-schema.ts';
import type { RunReport } from './schema.ts';

/** What is compared of the run itself; its cells are judged. */
export type OwnRun = OwnInputs &
  Pick<RunReport, 'cells' | 'profile' | 'filter' | 'isFiltered' | 'interrupted'>;

/** @param configs By the name of the kernel. */
export function compareWithBaseline(
  baseline: BaselineFacts,
  own: OwnRun,
  configs: ReadonlyMap<string, ConfigChange>,
): BaselineReport {
  const isSame = isSameScope(baseline, own);
  const found = changesSince(unpackResults(baseline), own.cells, {
    isSame,
    isInterrupted: { before: baseline.isInterrupted, now: own.interrupted },
  });
  return {
    run: toLine(baseline.run),
    startedAt: baseline.startedAt,
    from: toLine(baseline.from),
    inputs: [...changedInputs(baseline, own, { configs, isSameScope: isSame })],
    changes: [...found.changes],
    missing: [...findMissing(baseline, own, { isSame, found, configs })],
  };
}

function isSameScope(baseline: BaselineFacts, own: OwnRun): boolean {
  const isWhole = !baseline.isFiltered && own.isFiltered !== true;
  return isWhole && baseline.profile === own.profile;
}

interface MissingOptions {
  readonly isSame: boolean;
  readonly found: BaselineChanges;
  readonly configs: ReadonlyMap<string, ConfigChange>;
}

function* findMissing(
  baseline: BaselineFacts,
  own: OwnRun,
  { isSame, found: { outOfScope, unreached }, configs }: MissingOptions,
): Generator<string> {
  // Where both have measured the same, it does not matter what they were asked for.
  if (!isSame && outOfScope > 0) {
    const before = describeScope(baseline.profile, baseline);
    const now = describeScope(own.profile, own);
    const ran = before === now ? `both ran ${now}` : `the baseline ran ${before}, this run ${now}`;
    const are = outOfScope === 1 ? 'is' : 'are';
    yield `${ran}: ${count(outOfScope, 'test')} that only one of them measured ${are} not compared`;
  }
  if (baseline.isInterrupted) {
    yield `the baseline ended early: ${describeUnreached(unreached.before)}`;
  }
  if (own.interrupted) yield `this run ended early: ${describeUnreached(unreached.now)}`;
  if (baseline.inputs === undefined) {
    yield `what the baseline's agents, scenarios and matrix file were is not known: its report does not say so, and there is no events.jsonl beside it`;
  }
  for (const [kernel, { missing }] of configs) {
    if (missing !== undefined) yield toLine(`symbols of ${kernel} are not compared: ${missing}`);
  }
}

function describeUnreached(tests: number): string {
  return tests === 0
    ? 'it had got to every test that the other one measured'
    : `${count(tests, 'test')} that it did not get to ${tests === 1 ? 'is' : 'are'} not compared`;
}

function describeScope(
  profile: string,
  { isFiltered, filter }: { readonly isFiltered?: boolean; readonly filter?: string },
): string {
  const part = isFiltered === true ? 'a part of ' : '';
  const tests = filter === undefined ? '' : `, tests with "${toLine(filter)}"`;
  return `${part}profile ${toLine(profile)}${tests}`;
}
