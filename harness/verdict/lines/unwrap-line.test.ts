import { expect } from 'chai';
import fc from 'fast-check';
import { anyText } from '../../testing/any-text.ts';
import { unwrapLine } from './unwrap-line.ts';

const lineOf = (text: string) => ({ text, start: 10, end: 99 });
const textsOf = (text: string) => unwrapLine(lineOf(text)).map((line) => line.text);

/** As Go's strconv.Quote does for what a console says. */
const quote = (text: string) =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\t', '\\t').replaceAll('\n', '\\n')}"`;

describe('a line within a line', () => {
  it('is what a shim copied from the console, wherever it stands, quoted or not', () => {
    expect(textsOf('level=debug vmconsole=ready sandbox=1')).to.deep.equal(['ready']);
    expect(textsOf('time="x" vmconsole="[    0.1] say \\"x\\"\\x1b\\u0007" a=b')).to.deep.equal([
      '[    0.1] say "x"',
    ]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        // Without an envelope of its own.
        const said = `x${text}`;
        expect(textsOf(`level=debug vmconsole=${quote(said)} sandbox=1`)).to.deep.equal(
          said.split('\n'),
        );
      }),
    );
  });

  it('is what a program logged as an object, one line for each of the text', () => {
    const object = { msg: 'one\ntwo', error: 'three', level: 'ERRO', pid: 1 };
    expect(textsOf(JSON.stringify(object))).to.deep.equal(['one', 'two', 'three']);
  });

  it('has the byte range of what held it', () => {
    for (const text of ['vmconsole="a"', '{"msg":"a"}', 'a']) {
      expect(unwrapLine(lineOf(text))[0]).to.include({ text: 'a', start: 10, end: 99 });
    }
  });

  it('is not seen in a line that only looks like one', () => {
    for (const text of [
      '',
      '{',
      '{"msg":"cut of',
      '{}}',
      'vmconsole=',
      'no vmconsole here',
      '{1}',
    ]) {
      expect(textsOf(text)).to.deep.equal([text]);
    }
    const beginning = fc.constantFrom('{', 'vmconsole="', '{"msg":', ' vmconsole=');
    fc.assert(
      fc.property(beginning, anyText(), (start, text) => {
        expect(textsOf(start + text)).not.to.deep.equal([]);
      }),
    );
  });
});
