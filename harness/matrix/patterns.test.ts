import { matchesGlob as matchesGlobOfNode } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { matchesGlob, matchesWildcard } from './patterns.ts';

/** More steps than a backtracking matcher makes in a lifetime. */
const STARS = `${'a*'.repeat(40)}b`;
const NAME = 'a'.repeat(2000);

describe('wildcards', () => {
  it('match all of a text, with a star for any text', () => {
    for (const pattern of ['CPU*(1*)', '*', 'CPU: busy\n(1)', '*busy*', 'CPU**)']) {
      expect(matchesWildcard('CPU: busy\n(1)', pattern), pattern).to.equal(true);
    }
    for (const pattern of ['CPU', 'busy*', 'CPU.*', 'cpu*', '']) {
      expect(matchesWildcard('CPU: busy\n(1)', pattern), pattern).to.equal(false);
    }
  });

  it('match themselves and every text that has their parts in order', () => {
    const unit = fc.constantFrom('a', '.', '\\', '(', 'E', '\n', '\r', 'é', '🙂', '\ud800');
    const text = fc.string({ unit, maxLength: 8 });
    const parts = fc.array(text, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, text, (between, filler) => {
        expect(matchesWildcard(between.join(filler), between.join('*'))).to.equal(true);
      }),
    );
  });

  it('with many stars need no more than linear time', () => {
    expect(matchesWildcard(NAME, STARS)).to.equal(false);
  });
});

describe('globs', () => {
  it('match paths as those of node:path do, except that names may begin with a dot', () => {
    const part = fc.constantFrom('a', 'b', '.b', '*', '?', '[a-b]', '[!a]', '{a,b*}');
    const begin = part.filter((text) => text !== '.b');
    const pattern = fc
      .tuple(begin, fc.array(part, { maxLength: 4 }))
      // In a row, stars of a name would be folders.
      .map(([first, rest]) => [first, ...rest].join('').replaceAll(/\*+/g, '*'));
    const folders = fc.oneof({ weight: 3, arbitrary: pattern }, fc.constant('**'));
    const glob = fc.array(folders, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    const name = fc.stringMatching(/^[ab][ab.]{0,2}$/);
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(glob, path, (wanted, found) => {
        expect(matchesGlob(found, wanted)).to.equal(matchesGlobOfNode(found, wanted));
      }),
      { numRuns: 500 },
    );
  });

  it('take for text what is no pattern', () => {
    for (const text of ['a}', '{a', '{a}', 'a,b', '[a', 'a+(b)', 'a.b', '$a', '!a', '\\a']) {
      expect(matchesGlob(text, text), text).to.equal(true);
    }
    expect(matchesGlob('b', '[c-a]')).to.equal(false);
  });

  it('with many stars need no more than linear time', () => {
    expect(matchesGlob(NAME, STARS)).to.equal(false);
    expect(matchesGlob(`${'a/'.repeat(1000)}c`, `${'**/a/'.repeat(40)}b`)).to.equal(false);
  });
});
