import { CHANGES, type Change } from '../../compare/changes.ts';
import type { Comparison } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';

const PHRASES: Readonly<Record<Change, string>> = {
  regression: 'regressed',
  changed: 'fail differently',
  improvement: 'improved',
  appeared: 'appeared',
  vanished: 'vanished',
  'not-comparable': 'could not be compared',
};

/** The answer in a sentence or two: what differs and, if anything tells, why. */
export function leadOf(comparison: Comparison): string {
  const { tests, groups, config, facts } = comparison;
  const beside = besides(facts.length, config.length);
  if (tests.compared === 0) return `${beside.charAt(0).toUpperCase()}${beside.slice(1)}.`;
  const differing = CHANGES.flatMap((change) => {
    const number = tests.differing[change] ?? 0;
    return number === 0 ? [] : [`${number} ${PHRASES[change]}`];
  });
  if (differing.length === 0) {
    return `All ${count(tests.compared, 'test')} end the same; ${beside}.`;
  }
  const first = groups.find(({ isTold }) => isTold)?.reasons[0];
  const reason = first === undefined ? '' : ` First suspect: ${first.text}.`;
  return `Of ${count(tests.compared, 'test')}, ${differing.join(', ')}.${reason}`;
}

function besides(facts: number, symbols: number): string {
  if (facts + symbols === 0) return 'nothing differs';
  const parts = [
    ...(facts === 0 ? [] : [count(facts, 'fact')]),
    ...(symbols === 0 ? [] : [`${count(symbols, 'symbol')} of the configuration`]),
  ];
  return `${parts.join(' and ')} ${facts + symbols === 1 ? 'differs' : 'differ'}`;
}
