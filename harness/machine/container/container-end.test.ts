import { expect } from 'chai';
import { describeContainerEnd } from './container-end.ts';

const circumstances = { requested: false, said: '', endedForMemory: false };
const ended = (status: number, wasOutOfMemory = false) =>
  ({ kind: 'ended', status, wasOutOfMemory }) as const;

describe('the end of a container', () => {
  it('is init’s own doing if it exits, or a signal of its own ends it', () => {
    expect(describeContainerEnd(ended(3), circumstances)).to.deep.equal({
      ...{ code: 3, signal: null, reason: 'guest-shutdown', requested: false, stderr: '' },
    });
    expect(describeContainerEnd(ended(134), circumstances)).to.include({
      ...{ code: null, signal: 'SIGABRT', reason: 'guest-shutdown' },
    });
  });

  it('comes from outside if it is SIGKILL and the kernel has not said otherwise', () => {
    const reasonOf = (endedForMemory: boolean | undefined, wasOutOfMemory: boolean) =>
      describeContainerEnd(ended(137, wasOutOfMemory), { ...circumstances, endedForMemory }).reason;
    expect(reasonOf(false, false)).to.equal('killed-from-outside');
    // A scenario ran out of memory before.
    expect(reasonOf(false, true)).to.equal('killed-from-outside');
    expect(reasonOf(true, true)).to.equal('out-of-memory');
    expect(reasonOf(undefined, true)).to.equal('out-of-memory');
  });

  it('has no reason if it was asked for', () => {
    const exit = describeContainerEnd(ended(137), { ...circumstances, requested: true });
    expect(exit).to.deep.equal({ code: null, signal: 'SIGKILL', requested: true, stderr: '' });
  });

  it('is not known once the engine is gone', () => {
    const lost = { kind: 'engine-lost', why: 'connect ECONNREFUSED' } as const;
    expect(describeContainerEnd(lost, { ...circumstances, said: 'last words' })).to.deep.equal({
      ...{ code: null, signal: null, reason: 'engine-lost', requested: false },
      stderr: 'last words\nthe container engine: connect ECONNREFUSED',
    });
  });
});
