import { expect } from 'chai';
import { isLiveTerminal } from './live-terminal.ts';

describe('isLiveTerminal', () => {
  it('is true of a terminal with a width', () => {
    expect(isLiveTerminal({ isTTY: true, columns: 80 }, {})).to.equal(true);
  });

  it('is false of a terminal of no columns, where each character would get a line', () => {
    expect(isLiveTerminal({ isTTY: true, columns: 0 }, {})).to.equal(false);
  });

  it('is false in a CI job', () => {
    expect(isLiveTerminal({ isTTY: true, columns: 80 }, { CI: 'true' })).to.equal(false);
  });
});
