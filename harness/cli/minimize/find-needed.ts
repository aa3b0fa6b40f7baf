/** From the minimal base and a kernel with which a test passes to the symbols that it needs. */
import { arrange } from '../../bisect/arrangement.ts';
import { type Changes, changesBetween } from '../../bisect/change.ts';
import type { Answer } from '../../bisect/probe.ts';
import { requirementsOf } from '../../bisect/requirements.ts';
import type { Step } from '../../bisect/search-state.ts';
import { findSmallestSet, type SmallestSet } from '../../bisect/smallest-set.ts';
import { UsageError } from '../../errors.ts';
import { count } from '../../phrases.ts';
import { ConfigSearch, type ConfigSearchOptions } from '../bisect/config-search.ts';
import type { ConfigEnd } from '../bisect/find-config-culprits.ts';

export interface NeededSearch extends ConfigSearchOptions {
  readonly minimal: ConfigEnd;
  readonly passing: ConfigEnd;
  /** Symbols that the test may need, the likeliest first. */
  readonly suspects: (passing: Step) => Promise<readonly string[]>;
}

export interface FoundNeeds {
  /** Absent: the test passes with the minimal base alone. */
  readonly needed?: SmallestSet;
  readonly changes: Changes;
  readonly measured: number;
}

/** Throws a UsageError if the test does not pass with the kernel that it begins with. */
export async function findNeeded(search: NeededSearch): Promise<FoundNeeds> {
  const { minimal, passing, bench, print } = search;
  const from = minimal.completed.effective;
  const changes = changesBetween(from, passing.completed.effective, bench.tree);
  const steps = new ConfigSearch(search);
  print(`with all: ${passing.label}`);
  const passed = await steps.measure('all', passing.completed, changes.changes.size);
  if (passed.outcome !== 'good') throw notPassing(passing, passed);
  print('with the minimal base alone');
  const least = await steps.measure('minimal', minimal.completed, 0);
  if (least.outcome === 'good') return { changes, measured: 0 };
  const suspects = await search.suspects(passed);
  print(`${count(changes.changes.size, 'symbol')} can be left out`);
  const known = new Map<string, Answer>([
    [minimal.completed.digest, 'no'],
    [passing.completed.digest, 'yes'],
  ]);
  const names = [...changes.changes.keys()];
  const arrangement = arrange(names, requirementsOf(changes, bench.tree), suspects);
  const { found, measured } = await steps.run(
    { from, changes, answerOf: answerOfMinimize, known },
    async (probe) => {
      const base = await probe.configure(new Set());
      const top = await probe.configure(new Set(names));
      if ((await probe.ask(top, names.length)) !== 'yes') throw notPassing(passing, passed);
      return await findSmallestSet(
        { base: base.changes, top: top.changes },
        { probe, arrangement },
      );
    },
  );
  return { needed: found, changes, measured };
}

/** A test that is skipped for want of something does not pass. */
function answerOfMinimize({ outcome, verdict }: Step): Answer {
  if (outcome === 'good') return 'yes';
  return outcome === 'bad' || verdict === 'skip' ? 'no' : 'unclear';
}

function notPassing({ label }: ConfigEnd, { outcome, why, folder }: Step): UsageError {
  return new UsageError(
    `--kernel ${label}: expected the test to pass there; found ${outcome}: ${why}`,
    {
      code: 'MINIMIZE_END',
      remedy: `look at ${folder} in the folder of the search, and name another kernel or test`,
    },
  );
}
