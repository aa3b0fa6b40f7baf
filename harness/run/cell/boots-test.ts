/** The synthetic first test of a cell: does a guest come up, with a healthy agent? */
import { BOOTS, type GuestFacts, isSameTest } from '../../events.ts';
import { isGood } from '../../verdict/verdict.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import type { CellHistory } from './cell-history.ts';
import { RunningTest, type TestContext } from './running-test.ts';

export interface BootsOptions {
  readonly tests: TestContext;
  readonly history: CellHistory | undefined;
  readonly signal: AbortSignal;
}

/** Runs it; returns what a guest of the cell reports about itself, or undefined if none came up. */
export async function runBoots(options: BootsOptions): Promise<GuestFacts | undefined> {
  const { tests, history, signal } = options;
  const { attempts } = tests;
  const shouldRetry = (): boolean => attempts.toRetry.some((test) => isSameTest(test, BOOTS));
  const hasVerdict = attempts.has(BOOTS) && !shouldRetry();
  // A cell whose guest never came up has no other tests.
  if (hasVerdict && !cameUp(history)) return undefined;
  let facts = await tryBoots(tests, hasVerdict);
  while (shouldRetry() && !signal.aborted) facts = (await tryBoots(tests)) ?? facts;
  return facts;
}

/** A guest may also come up with an oops, and then there are tests. */
function cameUp(history: CellHistory | undefined): boolean {
  const boots = history?.ended.findLast(({ test }) => isSameTest(test, BOOTS));
  return history?.planned !== undefined || (boots !== undefined && isGood(boots.verdict));
}

/** @param hasVerdict The test already has a verdict: only a guest that does not come up is news. */
async function tryBoots(tests: TestContext, hasVerdict = false): Promise<GuestFacts | undefined> {
  const boots = RunningTest.begin(BOOTS, tests);
  const guest = await boots.lease({}).catch(ifLost);
  await boots.end({ claim: 'pass', durationMs: boots.elapsedMs }, hasVerdict);
  return guest?.facts;
}

function ifLost(error: unknown): undefined {
  if (error instanceof GuestLost) return undefined;
  throw error;
}
