/** The synthetic first test of a cell: does a guest come up, up to a healthy agent? */

import { now } from '../../clock.ts';
import { BOOTS, type GuestFacts, isSameTest } from '../../events.ts';
import { decideTestEnd } from '../../live-guest/test-end.ts';
import { isGood } from '../../verdict/verdict.ts';
import type { Attempts } from './attempts.ts';
import type { CellGuests } from './cell-guests.ts';
import type { CellHistory } from './cell-history.ts';
import type { CellOrder } from './cell-options.ts';

/** What a guest of the cell says about itself; undefined if none came up. */
export async function runBoots(
  order: CellOrder,
  guests: CellGuests,
  attempts: Attempts,
): Promise<GuestFacts | undefined> {
  const isAgain = (): boolean => attempts.again.some((test) => isSameTest(test, BOOTS));
  const isOver = attempts.has(BOOTS) && !isAgain();
  // A cell that never came up has no other tests.
  if (isOver && !cameUp(order.history)) return undefined;
  let facts = await runBoot(order, guests, attempts, isOver);
  while (isAgain() && !order.signal.aborted) {
    facts = (await runBoot(order, guests, attempts, false)) ?? facts;
  }
  return facts;
}

/** A guest may come up with an oops, and then there are tests. */
function cameUp(history: CellHistory | undefined): boolean {
  const boots = history?.ended.findLast(({ test }) => isSameTest(test, BOOTS));
  return history?.planned !== undefined || (boots !== undefined && isGood(boots.verdict));
}

/** @param isKnown This test has its verdict: only a guest that does not come up is news. */
async function runBoot(
  { prepared, emit }: CellOrder,
  guests: CellGuests,
  attempts: Attempts,
  isKnown: boolean,
): Promise<GuestFacts | undefined> {
  const cell = prepared.cell.id;
  const beginMs = performance.now();
  emit({ type: 'test-begin', time: now(), cell, test: BOOTS });
  const failure = await guests.ensure();
  const { current, number: guest } = guests;
  const durationMs = Math.round(performance.now() - beginMs);
  const decision = failure ?? (await decideTestEnd({ claim: 'pass', durationMs }, current?.run));
  if (isKnown && isGood(decision.verdict)) return current?.facts;
  const number = attempts.note(BOOTS, decision);
  const attempt = number === 1 ? {} : { attempt: number };
  const end = { cell, test: BOOTS, ...attempt, durationMs, guest, ...decision };
  emit({ type: 'test-end', time: now(), ...end });
  await guests.afterTest(decision.verdict);
  return current?.facts;
}
