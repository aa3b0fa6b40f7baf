import { expect } from 'chai';
import { makeFinding } from '../finding.ts';
import { describeSilencing, findSilentTaint, newTaint } from './silent-taint.ts';

const WARNING = 1 << 9;
const OUT_OF_TREE = 1 << 12;
const LOCKUP = 1 << 14;

const oops = makeFinding({
  ...{ class: 'kernel-oops', title: 'WARNING in f', source: 'console' },
  ...{ start: 0, end: 1, excerpt: '' },
});

describe('the taint of a kernel', () => {
  it('names the flags that reports leave behind, and no others', () => {
    expect(newTaint(WARNING | OUT_OF_TREE | LOCKUP, 0)).to.equal('WL');
    expect(newTaint(OUT_OF_TREE, 0)).to.equal('');
  });

  it('counts what was not there before', () => {
    expect(newTaint(WARNING | LOCKUP, WARNING)).to.equal('L');
    expect(newTaint(WARNING, WARNING)).to.equal('');
  });

  it('reads flags beyond 32 bits', () => {
    expect(newTaint(2 ** 40 + WARNING, 2 ** 40)).to.equal('W');
  });

  it('is a finding only where the console has told nothing', () => {
    const finding = findSilentTaint('W', []);
    expect(finding).to.include({
      class: 'kernel-oops',
      title: 'kernel tainted: W, and nothing on the console',
    });
    expect(findSilentTaint('W', [oops])).to.equal(undefined);
    expect(findSilentTaint('', [])).to.equal(undefined);
  });
});

describe('the log level of a console', () => {
  it('silences reports once it is lower than at the start', () => {
    const log = { tainted: 0, initialLogLevel: 7 };
    expect(describeSilencing({ ...log, consoleLogLevel: 7 })).to.equal(undefined);
    expect(describeSilencing({ ...log, consoleLogLevel: 8 })).to.equal(undefined);
    expect(describeSilencing({ ...log, consoleLogLevel: 0 })).to.match(/from 7 to 0$/);
  });
});
