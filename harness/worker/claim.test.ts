import { AssertionError, expect } from 'chai';
import { AgentError, CallTimeout, ChannelLost } from '../agents/agent.ts';
import { claimOf } from './claim.ts';

describe('what a test threw', () => {
  it('is a failure if it is about the product', () => {
    const refused = new AgentError('CreateContainer', 'INTERNAL', 'no cpuset');
    const errors = [new AssertionError('not so'), refused, new CallTimeout('WaitProcess', 100)];
    expect(errors.map((error) => claimOf(error).claim)).to.deep.equal(['fail', 'fail', 'fail']);
  });

  it('is an interruption if the way to the guest broke', () => {
    expect(claimOf(new ChannelLost('WaitProcess', 'closed')).claim).to.equal('interrupted');
  });

  it('is an error of the test if it is anything else', () => {
    const { claim, detail } = claimOf('a text');
    expect(claim).to.equal('error');
    expect(detail).to.deep.equal({ message: 'a test threw a text' });
  });

  it('keeps what an assertion expected and found, and its cause', () => {
    const cause = 'pids.max is not what CreateContainer asked for';
    const error = new AssertionError('two\nlines', { expected: 20, actual: 'max', cause });
    const { detail } = claimOf(error);
    expect(detail).to.include({ message: 'two', expected: '20', actual: '"max"', cause });
  });

  it('has no cause if the error’s cause is another error', () => {
    const broken = new ChannelLost('Check', 'it broke', new Error('EPIPE'));
    expect(claimOf(broken).detail).not.to.have.property('cause');
    expect(claimOf(new AssertionError('no', { cause: new Error() })).detail).not.to.have.property(
      'cause',
    );
  });

  it('is shown where JSON cannot express it', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const error = new AssertionError('not equal', { expected: 1n, actual: circular });
    const { detail } = claimOf(error);
    expect(detail.expected).to.equal('1n');
    expect(detail.actual).to.include('[Circular');
  });
});
