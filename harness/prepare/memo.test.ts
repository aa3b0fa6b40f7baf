import { expect } from 'chai';
import { createMemo } from './memo.ts';

describe('A memo', () => {
  it('makes a value once for all who ask, during its making and later', async () => {
    const memo = createMemo<string>();
    let made = 0;
    const ask = (key: string) =>
      memo(key, async () => {
        made += 1;
        return `${key}${made}`;
      });
    expect(await Promise.all([ask('a'), ask('a'), ask('b')])).to.deep.equal(['a1', 'a1', 'b2']);
    expect(await ask('a')).to.equal('a1');
    expect(made).to.equal(2);
  });

  it('does not keep a failure', async () => {
    const memo = createMemo<string>();
    const failed = await memo('a', () => Promise.reject(new Error('full'))).catch(String);
    expect(failed).to.equal('Error: full');
    expect(await memo('a', async () => 'fine')).to.equal('fine');
  });
});
