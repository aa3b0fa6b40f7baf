import { expect } from 'chai';
import fc from 'fast-check';
import { LINE_LENGTH_MAX, lineAt, linesOf, markOf } from './log-text.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('The lines of a log', () => {
  it('end where the log has line feeds, however the console ends its lines', () => {
    expect(linesOf(bytesOf('one\r\ntwo\r\r\n\nfour\n'))).to.deep.equal(['one', 'two', '', 'four']);
    expect(linesOf(bytesOf('no end'))).to.deep.equal(['no end']);
    expect(linesOf(bytesOf(''))).to.deep.equal([]);
    expect(linesOf(bytesOf('one\n\u001b0'))).to.deep.equal(['one', '']);
    expect(linesOf(bytesOf('one\n\ufeff'))).to.have.length(2);
  });

  it('show nothing that acts, and lose no line to an escape sequence without an end', () => {
    const log = bytesOf('\u001b]0;title\nred \u001b[31mtext\u001b[0m\u0000\n\u202eback');
    const [first, ...rest] = linesOf(log);
    expect(first).to.not.match(/[^\P{Cc}\t]/u);
    expect(rest).to.deep.equal(['red text\\x00', '\\u{202e}back']);
  });

  it('are as many as are counted up to the last byte, and printable, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const lines = linesOf(bytes);
        const ends = bytes.at(-1) === 0x0a || bytes.length === 0;
        expect(lines.length).to.equal(lineAt(bytes, bytes.length) - (ends ? 1 : 0));
        expect(lines.join('')).to.not.match(/[^\P{Cc}\t]/u);
      }),
    );
  });

  it('are cut if they are endless', () => {
    expect(linesOf(bytesOf('x'.repeat(1_000_000)))[0]).to.have.length(LINE_LENGTH_MAX);
  });
});

describe('The place of a finding in its log', () => {
  const bytes = bytesOf('before\nthread panicked at a.rs:1:\ncalled `Option::unwrap()`\nafter\n');
  const title = 'called Option::unwrap() on a None value at a.rs:1';
  const mark = (start: number, end: number) =>
    markOf(bytes, linesOf(bytes), { source: 'agent-stderr', title, start, end });

  it('is from its first to its last line, with the one that says it', () => {
    const start = 'before\n'.length;
    const end = bytes.length - 'after\n'.length;
    expect(mark(start, end)).to.deep.equal({ title, first: 2, last: 3, deciding: 3 });
  });

  it('is not known if the log was cut before it', () => {
    expect(mark(bytes.length + 5, bytes.length + 9)).to.equal(undefined);
  });

  it('is within the log, even if the finding claims to go on', () => {
    expect(mark(0, 1_000_000)).to.include({ first: 1, last: 4 });
  });
});
