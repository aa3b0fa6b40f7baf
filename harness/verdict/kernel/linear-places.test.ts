import { expect } from 'chai';
import { countSteps } from '../testing/count-steps.ts';
import { createPlaceFinder, type PlaceIn } from './place-finder.ts';

const LENGTH = 500;
/** Linear time grows by 2, quadratic time by 4. */
const GROWTH_MAX = 2.5;
/** What is less than this for each character may grow in leaps. */
const STEPS_MIN = 10;

/** Lines of a report, each with a part that comes again and again. */
const CASES: readonly (readonly [beginning: string, unit: string])[] = [
  ['', 'a_'],
  ['', '[<ffffffff8119a3f2>] '],
  [' <IRQ> ', '<IRQ> '],
  [' a', '.1'],
  [' test_and_set_bit', '_bit'],
  [' f (', 'a/'],
  [' f (', 'a.c:1 '],
  [' f', ' from f'],
  [' f+0x1/0x2 ', 'a/'],
  ['Workqueue: ', 'a '],
  ['sh', ' D'],
  ['task:', 'a '],
  ['INFO: rcu_sched detected stalls on CPUs/tasks: {', ' 1'],
  ['rcu: \tTasks blocked on level-0 rcu_node (CPUs 0-1):', ' P1'],
  ['    in-flight: ', '1'],
  [' #0: ', 'a, at: '],
  ['a (b), at: ', 'a'],
];

const PLACES: readonly PlaceIn[] = ['stuck', 'lock', 'recursion', 'allocation', 'work'];

function findPlace(line: string): void {
  for (const placeIn of PLACES) {
    const finder = createPlaceFinder(placeIn);
    finder.add('a report');
    finder.add(line);
    void finder.place;
  }
}

describe('the search for a place', () => {
  for (const [beginning, unit] of CASES) {
    it(`takes linear time for ‘${beginning}${unit}${unit}…’`, () => {
      const [before, after] = [LENGTH, 2 * LENGTH].map((length) =>
        countSteps(() => findPlace(beginning + unit.repeat(length / unit.length))),
      );
      const slow = [...(after ?? [])].filter(
        ([name, steps]) =>
          steps > Math.max(STEPS_MIN * LENGTH, GROWTH_MAX * (before?.get(name) ?? 0)),
      );
      expect(slow).to.deep.equal([]);
    });
  }
});
