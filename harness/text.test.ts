import { expect } from 'chai';
import fc from 'fast-check';
import { anyText } from './testing/any-text.ts';
import { beginningOf, cut, toLine, toPictureLine, toPrintable } from './text.ts';

const UNPRINTABLE = /[^\P{Cc}\t\n]|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u;

describe('printable text', () => {
  it('has no escape sequences, and shows other control characters', () => {
    expect(
      toPrintable('\u001b[31mred\u001b[0m \u001b]0;title\u0007\u0000\u0007 a\tb\r\nc'),
    ).to.equal('red \\x00\\x07 a\tb\nc');
  });

  it('shows what turns the direction of text and halves of characters', () => {
    expect(toPrintable('a\u202eb\ud800c🙂')).to.equal('a\\u{202e}b\\u{d800}c🙂');
  });

  it('takes linear time for escape sequences that do not end', () => {
    const beginnings = [
      '\u001b]',
      '\u001b[',
      '\u001b[1;',
      '\u001bP',
      '\u009d',
      '\u001b]8;;x',
      '\r',
    ];
    for (const beginning of beginnings) {
      const text = toPrintable(beginning.repeat(1024 * 1024));
      expect(text, JSON.stringify(beginning)).not.to.match(UNPRINTABLE);
    }
  });

  it('holds whatever went in', () => {
    fc.assert(
      fc.property(anyText(), fc.integer({ min: 1, max: 50 }), (text, length) => {
        expect(toPrintable(text)).not.to.match(UNPRINTABLE);
        const line = toLine(text, length);
        expect(line)
          .not.to.match(UNPRINTABLE)
          .and.not.to.match(/[\n\t]/);
        expect(line.length).to.be.at.most(length);
      }),
    );
  });

  it('is one line where one line is asked for', () => {
    expect(toLine('  a\n\n b\t c  ')).to.equal('a b c');
    expect(toLine(`${' '.repeat(10_000)}a`)).to.equal('a');
  });

  it('on a line is no command to a CI service', () => {
    expect(toLine('::error::x')).to.equal(': :error::x');
    expect(toLine('\t ::error::x::')).to.equal(': :error::x::');
    expect(toLine('a ##[error]b ##vso[task.complete]c')).to.equal(
      'a # #[error]b # #vso[task.complete]c',
    );
    expect(toLine('##teamcity[x]')).to.equal('# #teamcity[x]');
    expect(toLine('std::fmt, ## x')).to.equal('std::fmt, ## x');
  });

  it('of a picture keeps its spaces, and is no command either', () => {
    expect(toPictureLine('  3 |\tx\u001b[31m  ##[error]y \n')).to.equal('  3 | x  # #[error]y');
    expect(toPictureLine(' '.repeat(10_000_000), 10)).to.equal('');
  });

  it('of endless text is its beginning', () => {
    for (const part of ['x', '\u001b[', '\u001b]', ' ']) {
      expect(toLine(part.repeat(5_000_000)).length).to.be.at.most(200);
    }
  });

  it('is never cut within a character', () => {
    expect(cut('abc', 3)).to.equal('abc');
    expect(cut('abcd', 3)).to.equal('ab…');
    expect(cut('a🙂🙂', 3)).to.equal('a…');
    expect(beginningOf('a🙂🙂', 4)).to.equal('a🙂');
    expect(beginningOf('a🙂🙂', 5)).to.equal('a🙂🙂');
  });
});
