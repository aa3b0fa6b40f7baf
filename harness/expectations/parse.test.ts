import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { renderProblems } from '../matrix/render-problems.ts';
import { checkFaults } from '../matrix/testing/check-faults.ts';
import { anyText } from '../testing/any-text.ts';
import { parseExpectations } from './parse.ts';
import { expectationsJsonSchema } from './schema.ts';

const isUpdating = process.argv.includes('--update');
const file = 'expectations.yaml';
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const matrix = parseProjectMatrix();
const SCENARIOS = readdirSync(new URL('../../scenarios/', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
}).filter((path) => path.endsWith('.spec.ts'));

function parseProjectMatrix(): Matrix {
  const parsed = parseMatrix(read('../../matrix.yaml'), { file: 'matrix.yaml' });
  if (parsed.isValid) return parsed.matrix;
  throw new Error("The project's matrix is faulty");
}

function render(text: string): string {
  const parsed = parseExpectations(text, matrix, SCENARIOS);
  return parsed.isValid ? 'valid' : renderProblems(text, parsed.problems, { file });
}

describe('the problems of faulty expectations', () => {
  checkFaults(new URL('testdata/faults/', import.meta.url), file, render);
});

describe('expectations', () => {
  const accepts = new Ajv().compile(expectationsJsonSchema());

  it('have a schema for editors in docs/expectations.schema.json', () => {
    const url = new URL('../../docs/expectations.schema.json', import.meta.url);
    const schema = JSON.stringify(expectationsJsonSchema(), null, 2);
    if (isUpdating) writeFileSync(url, `${schema}\n`);
    expect(JSON.parse(readFileSync(url, 'utf8'))).to.deep.equal(JSON.parse(schema));
  });

  it('of the project and of its manual have no fault, and fit that schema', () => {
    const manual = read('../../docs/expectations.md');
    const examples = [...manual.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(examples).not.to.have.length(0);
    for (const text of [read('../../expectations.yaml'), ...examples]) {
      expect(render(text)).to.equal('valid');
      expect(accepts(parse(text)), JSON.stringify(accepts.errors)).to.equal(true);
    }
  });

  it('may be none: a file of comments, or an empty list', () => {
    for (const text of ['', '# all is well\n', 'expectations: []\n']) {
      expect(parseExpectations(text, matrix, SCENARIOS)).to.deep.equal({
        isValid: true,
        expectations: [],
      });
    }
  });

  it('know the line at which each stands, and take one word for a list of one', () => {
    const text = [
      '# known',
      'expectations:',
      '  # why',
      '  - where: { agent: unguarded, kernel: ">=6.12 <7.0" }',
      '    tests: boots',
      '    outcome: hang',
      '    signature: s2-0123456789ab',
      '    reason: known',
      '    expires: 2026-12-31',
    ].join('\n');
    expect(parseExpectations(text, matrix, SCENARIOS)).to.deep.equal({
      isValid: true,
      expectations: [
        {
          line: 4,
          where: { kernel: ['>=6.12 <7.0'], agent: ['unguarded'] },
          tests: ['boots'],
          outcome: 'hang',
          signatures: ['s2-0123456789ab'],
          reason: 'known',
          expires: '2026-12-31',
        },
      ],
    });
  });

  it('may have names, and no two the same', () => {
    const item = (name: string, cgroup: string): string =>
      `  - { name: ${name}, where: { cgroup: ${cgroup} }, outcome: fail, reason: r, expires: 2026-12-31 }`;
    const parse = (...items: readonly string[]) =>
      parseExpectations(['expectations:', ...items].join('\n'), matrix, SCENARIOS);
    const parsed = parse(item('panic-6.12', 'v1'), item('other', 'v2'));
    if (!parsed.isValid) return expect.fail(JSON.stringify(parsed.problems));
    expect(parsed.expectations.map(({ name }) => name)).to.deep.equal(['panic-6.12', 'other']);
    const twice = parse(item('same', 'v1'), item('same', 'v2'));
    if (twice.isValid) return expect.fail('expected a problem');
    expect(twice.problems.map(({ code, message }) => [code, message])).to.deep.equal([
      ['DUPLICATE_ENTRY', 'another item above has the name "same"'],
    ]);
    for (const name of ['"a b"', '"a::b"', '"#x"', '""', 'x/y']) {
      expect(parse(item(name, 'v1')).isValid, name).to.equal(false);
    }
  });

  it('never make the parser throw, whatever the text, and place each fault in it', () => {
    const lines = read('../../expectations.yaml').split('\n');
    const pieces = fc.oneof(
      fc.constantFrom(...lines, '  - ', '    where: {', ': [', '\t', '&a *a', '!!x', '---'),
      anyText({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        const text = parts.join('\n');
        const parsed = parseExpectations(text, matrix, SCENARIOS);
        if (parsed.isValid) return;
        expect(parsed.problems).not.to.have.length(0);
        for (const { start, end } of parsed.problems) {
          expect(start).to.be.within(0, text.length);
          expect(end).to.be.within(start, text.length);
        }
      }),
    );
  });
});
