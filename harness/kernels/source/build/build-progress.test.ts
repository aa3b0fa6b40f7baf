import { expect } from 'chai';
import fc from 'fast-check';
import { BuildProgress } from './build-progress.ts';

function progressOf(order: readonly string[], estimate: number, made: readonly string[]) {
  const progress = new BuildProgress(order, estimate);
  for (const object of made) progress.made(object);
  return progress;
}

describe('The progress of a build', () => {
  it('counts objects of those estimated where nothing was built before', () => {
    const progress = progressOf([], 3, ['a.o', 'b.o']);
    expect([progress.done, progress.total]).to.deep.equal([2, 3]);
  });

  it('says no total that is wrong', () => {
    const progress = progressOf([], 1, ['a.o', 'b.o']);
    expect([progress.done, progress.total]).to.deep.equal([2, undefined]);
  });

  it('is where an earlier build was when it made the same object', () => {
    const progress = progressOf(['a.o', 'b.o', 'c.o', 'd.o'], 9, ['c.o']);
    expect([progress.done, progress.total]).to.deep.equal([3, 4]);
    expect(progress.compiled).to.equal(1);
  });

  it('does not go back for objects that are new, or made in another order', () => {
    const progress = progressOf(['a.o', 'b.o', 'c.o'], 9, ['c.o', 'new.o', 'a.o']);
    expect([progress.done, progress.total]).to.deep.equal([3, 3]);
  });

  it('counts objects that are still good from the beginning', () => {
    const good = new Set(['b.o', 'c.o', 'other.o']);
    const progress = new BuildProgress(['a.o', 'b.o', 'c.o', 'vmlinux'], 9, good);
    expect([progress.done, progress.total]).to.deep.equal([2, 4]);
    progress.made('a.o');
    expect(progress.done).to.equal(3);
    progress.made('vmlinux');
    expect([progress.done, progress.total, progress.compiled]).to.deep.equal([4, 4, 2]);
  });

  it('counts those of a first build that was interrupted, too', () => {
    const progress = new BuildProgress([], 9, new Set(['a.o']));
    progress.made('b.o');
    expect([progress.done, progress.total]).to.deep.equal([2, 9]);
  });

  it('gives new objects their place among the others', () => {
    const progress = progressOf(['a.o', 'b.o'], 9, ['first.o', 'a.o', 'new.o', 'newer.o', 'b.o']);
    expect(progress.order()).to.deep.equal(['first.o', 'a.o', 'new.o', 'newer.o', 'b.o']);
  });

  it('keeps each object once, and none is lost', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'x')), names, (order, made) => {
        const all = progressOf(order, 1, made).order();
        expect(all.toSorted()).to.deep.equal([...new Set([...order, ...made])].sort());
      }),
    );
  });
});
