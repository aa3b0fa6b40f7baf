/** How a report says in words what changed since its baseline. */
import { count } from '../phrases.ts';
import { toLine } from '../text.ts';
import type { Verdict } from '../verdict/verdict.ts';
import {
  BASELINE_CHANGES,
  type BaselineReport,
  type ChangedInput,
  type ChangeReport,
} from './baseline-schema.ts';
import { newHits } from './new-hits.ts';

/** `2 new, 1 fixed`: how many causes, not tests; of what was added how many tests. Empty for no change. */
export function describeChanges(changes: readonly ChangeReport[]): string {
  return BASELINE_CHANGES.flatMap((kind) => {
    const own = changes.filter(({ change }) => change === kind);
    if (own.length === 0) return [];
    const isOfTests = kind === 'added' || kind === 'lost';
    return isOfTests ? `${count(countHits(own), 'test')} ${kind}` : `${own.length} ${kind}`;
  }).join(', ');
}

/** `agent mine`, `Node.js`. */
export function nameInput({ kind, name }: ChangedInput): string {
  return name === undefined ? kind : `${kind} ${toLine(name)}`;
}

/** `6.18.14 → 6.18.15`; of an input that only one of the runs has, that it came or went. */
export function describeInput({ before, now, details, kind, count: all }: ChangedInput): string {
  const symbols = kind === 'config' && all !== undefined ? ` (${count(all, 'symbol')})` : '';
  const words =
    kind === 'config' || details.length === 0
      ? ''
      : ` (${details.map((one) => toLine(one)).join(', ')})`;
  if (before === undefined) return `${toLine(now ?? '')}, new${words}`;
  if (now === undefined) return `${toLine(before)}, gone${words}`;
  if (before === now) return `${toLine(now)}${words === '' ? ', changed' : `, other${words}`}`;
  return `${toLine(before)} → ${toLine(now)}${symbols}${words}`;
}

/** What the other one of the two runs has: `passed before`, `skipped now: …`; empty if that is clear. */
export function describeOther({ change, before, now, elsewhere }: ChangeReport): string {
  switch (change) {
    case 'new': {
      const was = before === undefined ? [] : [`${describeGood(before)} before`];
      const seen =
        elsewhere === undefined
          ? []
          : [`the baseline had the same in ${count(elsewhere, 'other test')}`];
      return [...was, ...seen].join(', ');
    }
    case 'changed':
      return before === undefined ? '' : `before: ${describeResult(before)}`;
    case 'lost':
      if (now === undefined) return 'not part of the run any more';
      return `${describeGood(now)} now: ${toLine(now.why)}`;
    case 'fixed':
      return '';
    case 'added':
      if (before === undefined) return 'not part of the baseline';
      return `${describeGood(before)} before: ${toLine(before.why)}`;
  }
}

/** What a result that is no failure is called. */
function describeGood({ verdict }: NonNullable<ChangeReport['now']>): string {
  if (verdict === 'pass') return 'passed';
  return verdict === 'skip' ? 'skipped' : 'not measured';
}

function describeResult({ verdict, signature, why }: NonNullable<ChangeReport['now']>): string {
  return toLine([verdict, why, signature ?? ''].filter((part) => part !== '').join('  '));
}

/** What makes the run red under `--fail-on new`: `2 new agent-panics, 1 changed failure`, `Nothing new`. */
export function describeNew({ changes }: Pick<BaselineReport, 'changes'>): string {
  const red = changes.filter((change) => newHits(change).length > 0);
  const lost = countHits(red.filter(({ change }) => change === 'lost').map(withNewHits));
  const failures = (['new', 'changed'] as const).flatMap((kind) => {
    const own = red.filter(({ change }) => change === kind);
    const byVerdict = Map.groupBy(own, ({ now }) => nounOf(now?.verdict ?? 'fail'));
    return [...byVerdict].map(([noun, { length }]) => count(length, `${kind} ${noun}`));
  });
  const parts = [
    ...failures,
    ...(lost > 0 ? [`${count(lost, 'test')} not measured any more`] : []),
  ];
  return parts.length === 0 ? 'Nothing new' : parts.join(', ');
}

function withNewHits(change: ChangeReport): ChangeReport {
  return { ...change, hits: newHits(change) };
}

function nounOf(verdict: Verdict): string {
  return verdict === 'fail' ? 'failure' : verdict;
}

function countHits(changes: readonly ChangeReport[]): number {
  return changes.reduce((sum, { hits }) => sum + hits.length, 0);
}
