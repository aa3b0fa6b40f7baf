import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LogBudget } from './log-budget.ts';

describe('the budget for logs', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kmx-logs-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** A guest's folder with a console of so many bytes. */
  function guest(name: string, bytes: number) {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'console.log'), 'x'.repeat(bytes));
    return { folder, bytes };
  }
  const isKept = (name: string): boolean =>
    readFileSync(join(root, name, 'console.log'), 'utf8').startsWith('x');

  it('removes the logs of the oldest good guests first, and never those of a failure', () => {
    const budget = new LogBudget(1000);
    budget.add(guest('one', 400), true);
    budget.add(guest('two', 400), false);
    budget.add(guest('three', 400), true);
    budget.add(guest('four', 400), true);
    expect(['one', 'two', 'three', 'four'].map(isKept)).to.deep.equal([false, true, false, true]);
    const note = readFileSync(join(root, 'one', 'console.log'), 'utf8');
    expect(note).to.equal(
      '[kmx: removed, because the logs of this run took more than 1000 bytes]\n',
    );
  });

  it('leaves new guests less once failures fill it, but never nothing', () => {
    const budget = new LogBudget(1_000_000);
    expect(budget.streamBytes(5000)).to.equal(5000);
    expect(budget.streamBytes(10_000_000)).to.equal(333_333);
    budget.add(guest('bad', 2_000_000), false);
    expect(budget.streamBytes(10_000_000)).to.equal(65_536);
  });

  it('counts the room that good guests would make', () => {
    const budget = new LogBudget(3_000_000);
    budget.add(guest('good', 3_000_000), true);
    expect(budget.streamBytes(1_000_000)).to.equal(1_000_000);
  });

  it('takes a folder that is gone for one without logs', () => {
    const budget = new LogBudget(10);
    budget.add({ folder: join(root, 'gone'), bytes: 100 }, true);
    expect(budget.streamBytes(5)).to.equal(5);
  });
});
