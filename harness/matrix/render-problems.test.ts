import { expect } from 'chai';
import type { Problem } from './problem.ts';
import { renderProblems } from './render-problems.ts';

const file = 'matrix.yaml';

function problemAt(start: number, end: number): Problem {
  return { code: 'SYNTAX', message: 'wrong', start, end };
}

const render = (text: string, start: number, end: number) =>
  renderProblems(text, [problemAt(start, end)], { file }).split('\n');

describe('a rendered problem', () => {
  it('has its line, with carets below its part of it', () => {
    expect(render('one: 1\ntwo: 2\n', 12, 13)).to.deep.equal([
      'matrix.yaml:2:6: wrong',
      '    two: 2',
      '         ^',
      '',
    ]);
  });

  it('has its carets in place behind tabs and wide characters', () => {
    expect(render('\t日本: 語 x', 5, 6).slice(1, 3)).to.deep.equal([
      '      日本: 語 x',
      '            ^^',
    ]);
  });

  it('has carets up to the end of the first of several lines', () => {
    expect(render('a:\r\n  b: 1\r\n  c: 2\r\n', 6, 18).slice(1, 3)).to.deep.equal([
      '      b: 1',
      '      ^^^^',
    ]);
  });

  it('is shown at the end of the text and at a line break too', () => {
    expect(render('a: 1', 4, 4).slice(0, 3)).to.deep.equal([
      'matrix.yaml:1:5: wrong',
      '    a: 1',
      '        ^',
    ]);
    expect(render('\n\na: 1', 0, 0)[0]).to.equal('matrix.yaml:1:1: wrong');
    expect(render('a: 1\nb', 4, 4)[2]).to.equal('        ^');
  });

  it('has a long line cut around its carets', () => {
    const [, line = '', carets = ''] = render(`${'x'.repeat(500)}BAD${'y'.repeat(500)}`, 500, 503);
    expect(line).to.match(/^ {4}…x+BADy+…$/);
    expect(line).to.have.length(104);
    expect(carets.indexOf('^^^')).to.equal(line.indexOf('BAD'));
  });

  it('shows control characters and marks of direction as their code points', () => {
    const [, line, carets] = render('\u{1b}[2J\u{202e}x', 5, 6);
    expect(line).to.equal('    \\u{1b}[2J\\u{202e}x');
    expect(carets).to.equal(`${' '.repeat(21)}^`);
  });

  it('is one of a hundred at most, and the number of others is told', () => {
    const many = Array.from({ length: 103 }, () => problemAt(0, 1));
    const rendered = renderProblems('x', many, { file });
    expect(rendered.match(/: wrong$/gm)).to.have.length(100);
    expect(rendered).to.match(/\nmatrix\.yaml: … and 3 more\n$/);
  });
});
