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

  it('counts only what is expected, however it is ordered', () => {
    const progress = progressOf(['a.o', 'b.o', 'c.o', 'd.o'], 9, ['c.o', 'new.o', 'a.o', 'a.o']);
    expect([progress.done, progress.total]).to.deep.equal([2, 4]);
    expect(progress.compiled).to.equal(3);
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
    expect(progress.expectedNext()).to.deep.equal(['a.o', 'b.o']);
  });

  it('expects the next kernel to have what is good and what was made', () => {
    const progress = new BuildProgress(['a.o', 'b.o', 'gone.o'], 9, new Set(['a.o', 'other.o']));
    for (const object of ['new.o', 'b.o']) progress.made(object);
    expect(progress.expectedNext()).to.deep.equal(['a.o', 'new.o', 'b.o']);
  });

  it('never has more objects done than are expected, and ends with all of them', () => {
    const objects = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    fc.assert(
      fc.property(objects, objects, fc.infiniteStream(fc.boolean()), (before, kernel, coins) => {
        const good = new Set(
          before.filter((object) => kernel.includes(object) && coins.next().value),
        );
        const progress = new BuildProgress(before, 6, good);
        for (const object of kernel.filter((name) => !good.has(name))) progress.made(object);
        expect(progress.done).to.be.at.most(progress.total ?? 0);
        expect(progress.expectedNext().toSorted()).to.deep.equal(kernel.toSorted());
      }),
    );
  });
});
