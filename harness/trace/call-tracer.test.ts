import { expect } from 'chai';
import { CallTracer } from './call-tracer.ts';
import type { TracedCall } from './traced-call.ts';

describe('the calls of a test', () => {
  let nowMs: number;
  let calls: TracedCall[];
  let tracer: CallTracer;

  beforeEach(() => {
    nowMs = 1000;
    calls = [];
    tracer = new CallTracer({ nowMs: () => nowMs, onCall: (call) => void calls.push(call) });
    tracer.beginTest();
  });

  it('have numbers from 1, times since the test began, requests, answers and errors', () => {
    const observe = tracer.openConnection();
    nowMs = 1010;
    observe({ id: 7, call: 'CreateContainer', state: 'begin', request: { containerId: 'c1' } });
    nowMs = 1030.4;
    observe({ id: 7, call: 'CreateContainer', state: 'end', answer: {} });
    observe({ id: 8, call: 'StartContainer', state: 'begin', request: { containerId: 'c1' } });
    const error = { code: 'INTERNAL', message: 'no cpuset' };
    observe({ id: 8, call: 'StartContainer', state: 'end', error });
    const [create, start] = ['CreateContainer', 'StartContainer'];
    const request = { containerId: 'c1' };
    expect(calls).to.deep.equal([
      { number: 1, call: create, state: 'begin', request, atMs: 10 },
      { number: 1, call: create, state: 'answered', answer: {}, atMs: 30, afterMs: 20 },
      { number: 2, call: start, state: 'begin', request, atMs: 30 },
      { number: 2, call: start, state: 'refused', error, atMs: 30, afterMs: 0 },
    ]);
  });

  it('time out, or are lost with the connection or by their caller', () => {
    const observe = tracer.openConnection();
    for (const [id, why] of [...(['timeout', 'lost', 'aborted'] as const)].entries()) {
      observe({ id, call: 'Check', state: 'begin' });
      observe({ id, call: 'Check', state: 'failed', why });
    }
    expect(calls.filter(({ state }) => state !== 'begin').map(({ state }) => state)).to.deep.equal([
      'timeout',
      'lost',
      'lost',
    ]);
  });

  it('are only its own: neither those of the test before nor those of kmx itself', async () => {
    const observe = tracer.openConnection();
    observe({ id: 1, call: 'WaitProcess', state: 'begin' });
    tracer.beginTest();
    calls = [];
    observe({ id: 1, call: 'WaitProcess', state: 'failed', why: 'lost' });
    await tracer.leaveOut(async () => {
      observe({ id: 2, call: 'Check', state: 'begin' });
      await Promise.resolve();
      observe({ id: 2, call: 'Check', state: 'end' });
    });
    expect(calls).to.deep.equal([]);
    observe({ id: 3, call: 'Version', state: 'begin' });
    expect(calls.map(({ number, call }) => [number, call])).to.deep.equal([[1, 'Version']]);
  });

  it('of two connections are not mixed up, although both number theirs from 1', () => {
    const [one, other] = [tracer.openConnection(), tracer.openConnection()];
    one({ id: 1, call: 'Check', state: 'begin' });
    other({ id: 1, call: 'Version', state: 'begin' });
    one({ id: 1, call: 'Check', state: 'failed', why: 'lost' });
    other({ id: 1, call: 'Version', state: 'end' });
    expect(calls.map(({ number, state }) => [number, state])).to.deep.equal([
      [1, 'begin'],
      [2, 'begin'],
      [1, 'lost'],
      [2, 'answered'],
    ]);
  });
});
