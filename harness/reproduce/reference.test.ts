import { expect } from 'chai';
import fc from 'fast-check';
import { UsageError } from '../errors.ts';
import { anyText } from '../testing/any-text.ts';
import { parseReference } from './reference.ts';

const RUNS = [
  'latest',
  'reports/latest',
  '20261124-043401-92a3',
  'x/report.json',
  'a b/index.html',
];
const parse = (...words: readonly string[]) =>
  parseReference(words, { isRun: (word) => RUNS.includes(word) });

describe('what is to be reproduced', () => {
  it('is a test, by its cell and words of it, however they are divided', () => {
    const cells = ['6.12', 'v1', 'unguarded'];
    const test = 'CPU quota';
    for (const words of [
      ['6.12', 'v1', 'unguarded', ':CPU quota'],
      ['6.12', 'v1', 'unguarded', '::CPU', 'quota'],
      ['6.12 v1 unguarded::CPU quota'],
      ['6.12', 'v1', 'unguarded', ':CPU', ':quota'],
    ]) {
      expect(parse(...words), words.join('|')).to.deep.equal({ kind: 'words', cells, test });
    }
    expect(parse('6.12+default+v1+reference::cpu/shares')).to.deep.equal({
      kind: 'words',
      cells: ['6.12+default+v1+reference'],
      test: 'cpu/shares',
    });
    expect(parse('6.12', 'v1')).to.deep.equal({ kind: 'words', cells: ['6.12', 'v1'] });
    expect(parse(':CPU quota')).to.deep.equal({ kind: 'words', cells: [], test });
  });

  it('is a name, if it is a single word', () => {
    expect(parse('panic-6.12')).to.deep.equal({ kind: 'name', name: 'panic-6.12' });
  });

  it('is a test of a run', () => {
    expect(parse('latest', 'v1', '::cpu/shares')).to.deep.equal({
      ...{ kind: 'words', run: 'latest', cells: ['v1'], test: 'cpu/shares' },
    });
    expect(parse('x/report.json')).to.deep.equal({
      kind: 'words',
      run: 'x/report.json',
      cells: [],
    });
  });

  it('is a place on a page, which may be a file of this host', () => {
    const place = { kind: 'finding', signature: 's2-a93cd73b0867' } as const;
    const link = '#finding/s2-a93cd73b0867?open=1';
    expect(parse(link)).to.deep.equal({ kind: 'place', place });
    expect(parse('reports/latest', link)).to.deep.equal({
      ...{ kind: 'place', place, run: 'reports/latest' },
    });
    const run = '/a b/index.html';
    expect(parse(`${run}${link}`)).to.deep.equal({ kind: 'place', place, run });
    expect(parse(`file:///a%20b/index.html${link}`)).to.deep.equal({ kind: 'place', place, run });
    expect(parse(`https://ci.example.org/42/${link}`)).to.deep.equal({ kind: 'place', place });
  });

  it('is a bundle', () => {
    expect(parse('out/panic.kmx.tar.zst')).to.deep.equal({
      ...{ kind: 'bundle', file: 'out/panic.kmx.tar.zst' },
    });
  });

  it('is refused, with the forms there are, if it is none of these', () => {
    for (const words of [
      [],
      [' '],
      ['https://ci.example.org/42/'],
      ['#kernel/debian-6.12'],
      ['#test/a+b+c+d'],
      ['file:///%zz/index.html#finding/s2-1'],
      ['#finding/s2-1', 'more'],
      ['a.kmx.tar.zst', 'more'],
    ]) {
      expect(() => parse(...words), words.join('|'))
        .to.throw(UsageError)
        .with.property('remedy')
        .that.matches(/#test\//);
    }
  });

  it('is understood or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(anyText(), { maxLength: 4 }), (words) => {
        try {
          expect(parse(...words)).to.have.property('kind');
        } catch (error) {
          expect(error).to.be.instanceOf(UsageError);
        }
      }),
    );
  });

  it('keeps every word for cells and for tests, in their order', () => {
    const word = fc.stringMatching(/^[a-z0-9+./-]{1,12}$/).filter((text) => !RUNS.includes(text));
    const words = fc.array(word, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, words, fc.constantFrom(':', '::', ' ::'), (cells, test, colon) => {
        expect(parse(...`${cells.join(' ')}${colon}${test.join(' ')}`.split('|'))).to.deep.equal({
          ...{ kind: 'words', cells, test: test.join(' ') },
        });
      }),
    );
  });
});
