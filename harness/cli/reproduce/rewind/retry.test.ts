import { expect } from 'chai';
import { failingCall, type RepeatableCall } from '../../../trace/repeatable-calls.ts';
import { earlierCalls } from './retry.ts';
import type { SavedState } from './saved-states.ts';

const call = (number: number, after: readonly number[]): RepeatableCall => ({
  ...{ number, after, call: 'Check', request: {}, recorded: 'answered' },
});
/** 3 was made while 2 had no answer yet. */
const CALLS = [call(1, []), call(2, [1]), call(3, [1]), call(5, [1, 2, 3])];
const [, , third, last] = CALLS as [RepeatableCall, RepeatableCall, RepeatableCall, RepeatableCall];
const stateBefore = (number: number): SavedState => ({
  ...{ number, folder: '', bytesBefore: { stdout: 0, stderr: 0 }, savedInMs: 0 },
});
const numbers = (calls: readonly RepeatableCall[]) => calls.map(({ number }) => number);

describe('calls before the one that is made once more', () => {
  it('are all repeated without a state', () => {
    expect(numbers(earlierCalls({ calls: CALLS, call: last }))).to.deep.equal([1, 2, 3]);
  });

  it('are repeated from the state on', () => {
    const from = (number: number, to: RepeatableCall) =>
      numbers(earlierCalls({ calls: CALLS, call: to, state: stateBefore(number) }));
    expect(from(2, last)).to.deep.equal([2, 3]);
    expect(from(5, last)).to.deep.equal([]);
  });

  it('are repeated if they had no answer when it was saved: their connection is gone', () => {
    const state = stateBefore(3);
    expect(numbers(earlierCalls({ calls: CALLS, call: third, state }))).to.deep.equal([2]);
  });
});

describe('the call at which a test has failed', () => {
  const all = (...recorded: readonly RepeatableCall['recorded'][]) =>
    failingCall(recorded.map((how, index) => ({ ...call(index + 1, []), recorded: how })))?.number;

  it('is the last one that was not answered, or else the last one', () => {
    expect(all('answered', 'lost', 'answered')).to.equal(2);
    expect(all('refused', 'timeout')).to.equal(2);
    expect(all('answered', 'answered')).to.equal(2);
    expect(all()).to.equal(undefined);
  });
});
