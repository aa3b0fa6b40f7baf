/** How a round of `kmx watch` came out, beside the one before it. Pure. */
import { count } from '../../phrases.ts';
import { type Outcome, outcomeOf } from '../../report/outcome.ts';
import type { TestReport } from '../../report/schema.ts';
import { isGood } from '../../verdict/verdict.ts';

/** As much of a report as tells whether it is green. */
type RoundReport = Parameters<typeof outcomeOf>[0];

type Color = 'green' | 'red' | 'not measured';

export interface Turn {
  readonly color: Color;
  /** `red → green: 2 tests pass now` */
  readonly text: string;
}

/** @param before The last round that measured anything; absent: there was none. */
export function describeTurn(before: RoundReport | undefined, now: RoundReport): Turn {
  const color = colorOf(outcomeOf(now));
  if (color === 'not measured') return { color, text: 'not measured' };
  const last = before === undefined ? undefined : colorOf(outcomeOf(before));
  const changes = describeChanges(before, now);
  if (last === undefined || last === color) {
    const head = last === undefined ? color : `still ${color}`;
    const what = [describeState(now, color), ...changes].join('; ');
    return { color, text: `${head}: ${what}` };
  }
  const what = changes.length === 0 ? describeState(now, color) : changes.join(', ');
  return { color, text: `${last} → ${color}: ${what}` };
}

function colorOf(outcome: Outcome): Color {
  if (outcome === 'good') return 'green';
  return outcome === 'bad' ? 'red' : 'not measured';
}

function describeState(report: RoundReport, color: Color): string {
  const tests = [...testsOf(report).values()].filter(({ verdict }) => verdict !== 'skip');
  const failing = tests.filter(({ verdict }) => !isGood(verdict)).length;
  if (color === 'green') return `${count(tests.length, 'test')} ${passes(tests.length)}`;
  if (failing === 0) return 'a crash outside of the tests';
  const words = failing === 1 ? 'does not pass' : 'do not pass';
  return `${failing} of ${count(tests.length, 'test')} ${words}`;
}

function describeChanges(before: RoundReport | undefined, now: RoundReport): readonly string[] {
  if (before === undefined) return [];
  const earlier = testsOf(before);
  const turned = [...testsOf(now)].filter(([key, { verdict }]) => {
    const was = earlier.get(key);
    return was !== undefined && isGood(was.verdict) !== isGood(verdict);
  });
  const fixed = turned.filter(([, { verdict }]) => isGood(verdict)).length;
  const broken = turned.length - fixed;
  return [
    ...(fixed > 0 ? [`${count(fixed, 'test')} ${passes(fixed)} now`] : []),
    ...(broken > 0 ? [`${count(broken, 'test')} ${broken === 1 ? 'fails' : 'fail'} now`] : []),
  ];
}

function passes(number: number): string {
  return number === 1 ? 'passes' : 'pass';
}

function testsOf({ cells }: RoundReport): ReadonlyMap<string, TestReport> {
  return new Map(
    cells.flatMap(({ id, tests }) =>
      tests.map((test) => [JSON.stringify([id, test.file, test.title]), test] as const),
    ),
  );
}
