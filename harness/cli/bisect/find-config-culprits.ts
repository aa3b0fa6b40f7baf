/** From two configurations to the symbols that turn the verdict, with both proofs. */
import { arrange } from '../../bisect/arrangement.ts';
import { type Changes, changesBetween } from '../../bisect/change.ts';
import { type Culprits, findCulprits } from '../../bisect/find-culprits.ts';
import type { Answer } from '../../bisect/probe.ts';
import { requirementsOf } from '../../bisect/requirements.ts';
import type { Step } from '../../bisect/search-state.ts';
import { InfraError, UsageError } from '../../errors.ts';
import { count, renderFirst } from '../../phrases.ts';
import type { Completed } from './config-bench.ts';
import { ConfigSearch, type ConfigSearchOptions } from './config-search.ts';

/** A configuration at one end, as the user knows it. */
export interface ConfigEnd {
  readonly label: string;
  readonly completed: Completed;
}

export interface CulpritSearch extends ConfigSearchOptions {
  readonly good: ConfigEnd;
  readonly bad: ConfigEnd;
  /** Symbols that may be behind a failure, the likeliest first. */
  readonly suspects: (bad: Step) => Promise<readonly string[]>;
}

/** What the last two proofs are about. */
export interface FoundCulprits extends Culprits {
  readonly changes: Changes;
  /** Kernels that were measured, the ends apart. */
  readonly measured: number;
  /** The good configuration with the first set. */
  readonly goodWithSet: Completed;
  /** The bad one without all sets. */
  readonly badWithoutSets: Completed;
}

const SHOWN_SUSPECTS = 4;

/** Throws a UsageError if the ends do not differ, or are not good and bad. */
export async function findConfigCulprits(search: CulpritSearch): Promise<FoundCulprits> {
  const { bench, good, bad, print } = search;
  const from = good.completed.effective;
  const changes = changesBetween(from, bad.completed.effective, bench.tree);
  checkDiffer(changes, search);
  const steps = new ConfigSearch(search);
  const all = changes.changes.size;
  print(`bad: ${bad.label}`);
  const badStep = await steps.measure('bad', bad.completed, all);
  checkEnd('bad', bad, badStep);
  const { journal } = search;
  // So that a resumed search looks for the same failure.
  const isLearned = journal.signature === undefined && !journal.asked.expectFail;
  if (isLearned && badStep.signature !== undefined) journal.learnSignature(badStep.signature);
  const suspects = (await search.suspects(badStep)).filter((symbol) => changes.changes.has(symbol));
  print(`good: ${good.label}`);
  checkEnd('good', good, await steps.measure('good', good.completed, 0));
  print(describeChanges(changes, suspects));
  const known = new Map<string, Answer>([
    [good.completed.digest, 'no'],
    [bad.completed.digest, 'yes'],
  ]);
  const names = [...changes.changes.keys()];
  const arrangement = arrange(names, requirementsOf(changes, bench.tree), suspects);
  const { found, measured } = await steps.run(
    { from, changes, answerOf: answerOfBisect, known },
    async (probe) => {
      const base = await probe.configure(new Set());
      const top = await probe.configure(new Set(names));
      // Mostly the very ends, then this costs nothing.
      if ((await probe.ask(base, all)) !== 'no' || (await probe.ask(top, all)) !== 'yes') {
        throw notReached(good, bad);
      }
      return await findCulprits({ base: base.changes, top: top.changes }, { probe, arrangement });
    },
  );
  const [first] = found.sets;
  if (first === undefined) throw new Error('Expected a set of culprits');
  return {
    ...{ ...found, changes, measured },
    goodWithSet: steps.completed(first.key),
    badWithoutSets: steps.completed(found.rest.key),
  };
}

function answerOfBisect({ outcome }: Step): Answer {
  return outcome === 'bad' ? 'yes' : outcome === 'good' ? 'no' : 'unclear';
}

function checkDiffer({ changes, following }: Changes, { good, bad }: CulpritSearch): void {
  if (changes.size > 0) return;
  const others =
    following.length === 0
      ? 'have the same configuration'
      : `differ only in symbols that cannot be set: ${renderFirst(following, 5).join(', ')}`;
  throw new UsageError(`${good.label} and ${bad.label} ${others}`, {
    code: 'BISECT_SAME',
    remedy: 'name two kernels whose configurations differ; kmx compare --configs shows how',
  });
}

function checkEnd(side: 'good' | 'bad', { label }: ConfigEnd, step: Step): void {
  if (step.outcome === side) return;
  const expected = side === 'good' ? 'the test to pass' : 'the test to fail';
  throw new UsageError(
    `--${side} ${label}: expected ${expected} there; found ${step.outcome}: ${step.why}`,
    {
      code: 'BISECT_END',
      remedy: `look at ${step.folder} in the folder of the search, and name another kernel or test`,
    },
  );
}

function describeChanges({ changes, following }: Changes, suspects: readonly string[]): string {
  const verb = following.length === 1 ? 'follows' : 'follow';
  const follow = following.length === 0 ? '' : `, and ${following.length} more ${verb} from these`;
  const differ = `${count(changes.size, 'symbol')} can be changed${follow}`;
  if (suspects.length === 0) return differ;
  const shown = renderFirst(
    suspects.map((symbol) => `CONFIG_${symbol}`),
    SHOWN_SUSPECTS,
  );
  return `${differ}; tried first: ${shown.join(', ')}`;
}

/** Cannot happen unless the ends differ in more than what can be set. */
function notReached(good: ConfigEnd, bad: ConfigEnd): InfraError {
  return new InfraError(
    `the configurations put together from ${good.label} and the symbols of ${bad.label} do not behave like these two`,
    {
      code: 'BISECT_NOT_REACHED',
      remedy: 'they differ in symbols that cannot be set; choose ends that are closer together',
    },
  );
}
