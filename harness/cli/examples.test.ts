import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseExpectations } from '../expectations/parse.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { renderProblems } from '../matrix/render-problems.ts';
import { signatureOf } from '../verdict/signature.ts';
import { listScenarios } from './project.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../examples/kata/${name}`, import.meta.url), 'utf8');

function readMatrix(): Matrix {
  const [text, file] = [read('matrix.yaml'), 'matrix.yaml'];
  const parsed = parseMatrix(text, { file });
  if (parsed.isValid) return parsed.matrix;
  return expect.fail(renderProblems(text, parsed.problems, { file }));
}

describe('the example of a kata-agent', () => {
  it('has a matrix and expectations without a fault', () => {
    const text = read('expectations.yaml');
    const parsed = parseExpectations(text, readMatrix(), listScenarios());
    const file = 'expectations.yaml';
    if (!parsed.isValid) expect.fail(renderProblems(text, parsed.problems, { file }));
  });

  it('pins each panic by the signature of the place in its title', () => {
    const parsed = parseExpectations(read('expectations.yaml'), readMatrix(), listScenarios());
    const expectations = parsed.isValid ? parsed.expectations : [];
    const panics = expectations.filter(({ outcome }) => outcome === 'agent-panic');
    expect(panics).not.to.have.length(0);
    for (const { title = '', signatures } of panics) {
      const [, place = ''] = / at (\S+)$/.exec(title) ?? [];
      const signature = signatureOf({ class: 'agent-panic', title, place });
      expect(signatures, title).to.include(signature);
    }
  });
});
