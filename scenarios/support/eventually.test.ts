import { AssertionError, expect } from 'chai';
import { eventually } from './eventually.ts';

describe('a check that is repeated', () => {
  it('resolves with its value once it no longer throws', async () => {
    let tries = 0;
    const check = async (): Promise<number> => {
      tries += 1;
      expect(tries).to.be.above(2);
      return tries;
    };
    expect(await eventually(check, 60_000)).to.equal(3);
  });

  it('fails with its last failure, its cause, and how long the wait was', async () => {
    const check = async (): Promise<void> => {
      throw new AssertionError('one is left', { actual: 1, expected: 0, cause: 'it leaves one' });
    };
    const failure = await eventually(check, 0).catch((error: unknown) => error);
    expect(failure)
      .to.be.instanceOf(AssertionError)
      .and.to.include({ actual: 1, expected: 0, cause: 'it leaves one' });
    expect((failure as Error).message).to.match(/^one is left \(still so after \d+ ms\)$/);
  });

  it('rethrows errors other than failed assertions unchanged', async () => {
    const error = new Error('the channel broke');
    const failure = await eventually(() => Promise.reject(error), 0).catch((caught) => caught);
    expect(failure).to.equal(error);
  });
});
