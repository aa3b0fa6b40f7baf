import { expect } from 'chai';
import { BOOTS, type RunEvent, type TestId } from '../events.ts';
import { leaveOutLateTests } from './late-tests.ts';

const time = '2026-11-25T10:00:00.000Z';
const [ONE, TWO] = ['one', 'two'].map((title) => ({ file: 'a', title })) as [TestId, TestId];
const begin = (test: TestId): RunEvent => ({ type: 'test-begin', time, cell: 'a', test });
const end = (test: TestId): RunEvent => ({
  ...{ type: 'test-end', time, cell: 'a', test, verdict: 'pass', durationMs: 1, findings: [] },
});

describe('a cell whose time is over', () => {
  let hasTime: boolean;
  let seen: string[];
  let push: (event: RunEvent) => void;
  beforeEach(() => {
    hasTime = true;
    seen = [];
    push = leaveOutLateTests({
      hasTimeForTest: () => hasTime,
      emit: (event) => void seen.push(`${event.type} ${'test' in event ? event.test?.title : ''}`),
      endCell: () => void seen.push('ended'),
    });
  });

  it('ends with the verdict on the test that is running when the next is late', () => {
    push(begin(ONE));
    hasTime = false;
    push(begin(TWO));
    expect(seen).to.deep.equal(['test-begin one']);
    push(end(ONE));
    expect(seen).to.deep.equal(['test-begin one', 'test-end one', 'ended']);
  });

  it('ends at once if no test is running', () => {
    push(begin(ONE));
    push(end(ONE));
    hasTime = false;
    push(begin(TWO));
    expect(seen).to.deep.equal(['test-begin one', 'test-end one', 'ended']);
  });

  it('may boot, also without a verdict on that, as when its run is resumed', () => {
    hasTime = false;
    push(begin(BOOTS));
    expect(seen).to.deep.equal(['test-begin boots']);
    push(begin(ONE));
    expect(seen).to.deep.equal(['test-begin boots', 'ended']);
  });
});
