/**
 * The same test on the same kernel release, with another verdict on another machine. A scenario's result
 * must not depend on what started its guest: where it does, the harness is to be looked at first.
 */
import { splitTestKey } from '../report/standing-results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { ComparedCell, ComparedRun } from './compared-run.ts';
import type { MachineDifference } from './comparison.ts';

/** In the order of the cells. Of several cells of a machine, which several runs may have, the last counts. */
export function findMachineDifferences(
  runs: readonly Pick<ComparedRun, 'cells'>[],
): readonly MachineDifference[] {
  const cells = runs.flatMap((run) => run.cells);
  if (new Set(cells.map(({ machine }) => machine)).size < 2) return [];
  const known = cells.filter(({ environment }) => environment.release !== undefined);
  const alike = Map.groupBy(known, (cell) => `${cell.environment.release} ${whereOf(cell)}`);
  return [...alike.values()].flatMap((some) => {
    const byMachine = new Map(some.map((cell) => [cell.machine, cell]));
    return byMachine.size < 2 ? [] : differencesOf([...byMachine.values()]);
  });
}

function whereOf({ config, cgroup, agent }: ComparedCell): string {
  return [config, cgroup, agent].join('+');
}

function differencesOf(cells: readonly ComparedCell[]): readonly MachineDifference[] {
  const [first] = cells;
  if (first === undefined) return [];
  const results = cells.map((cell) => new Map(cell.tests.map((test) => [test.key, test.verdict])));
  const differing = [...(results[0]?.keys() ?? [])].flatMap((key) => {
    const verdicts = results.map((own) => own.get(key)).filter(isMeasured);
    const isOther = verdicts.length === cells.length && new Set(verdicts).size > 1;
    return isOther ? [{ key, verdicts }] : [];
  });
  const byVerdicts = Map.groupBy(differing, ({ verdicts }) => verdicts.join(' '));
  return [...byVerdicts.values()].map((alike) => ({
    release: first.environment.release ?? '',
    where: whereOf(first),
    cells: cells.map(({ id }) => id),
    machines: cells.map(({ machine }) => machine),
    verdicts: alike[0]?.verdicts ?? [],
    tests: alike.map(({ key }) => splitTestKey(key)),
  }));
}

/** What was skipped asked for something that the machine does not offer, and says so itself. */
function isMeasured(verdict: Verdict | undefined): verdict is Verdict {
  return verdict !== undefined && verdict !== 'skip' && verdict !== 'miss';
}
