import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { renderProblems } from '../matrix/render-problems.ts';
import { checkFaults } from '../matrix/testing/check-faults.ts';
import { anyText } from '../testing/any-text.ts';
import type { Lock } from './lock.ts';
import { parseLock } from './parse.ts';
import { renderLock } from './render.ts';
import { lockJsonSchema } from './schema.ts';
import { SAMPLE } from './testing/sample-lock.ts';

const isUpdating = process.argv.includes('--update');
const file = 'matrix.lock.yaml';

function render(text: string): string {
  const parsed = parseLock(text);
  return parsed.isValid ? 'valid' : renderProblems(text, parsed.problems, { file });
}

function read(text: string): Lock {
  const parsed = parseLock(text);
  if (!parsed.isValid) throw new Error(render(text));
  return parsed.lock;
}

const plain = ({ kernels, agents }: Lock) => ({
  kernels: Object.fromEntries(kernels),
  agents: Object.fromEntries(agents),
});

describe('the problems of a faulty lock', () => {
  checkFaults(new URL('testdata/faults/', import.meta.url), file, render);
});

describe('a lock', () => {
  it('has a schema for editors in docs/lock.schema.json, which what is written fits', () => {
    const url = new URL('../../docs/lock.schema.json', import.meta.url);
    const schema = JSON.stringify(lockJsonSchema(), null, 2);
    if (isUpdating) writeFileSync(url, `${schema}\n`);
    expect(JSON.parse(readFileSync(url, 'utf8'))).to.deep.equal(JSON.parse(schema));
    const accepts = new Ajv().compile(lockJsonSchema());
    expect(accepts(parse(renderLock(SAMPLE, 'matrix.yaml'))), String(accepts.errors)).to.equal(
      true,
    );
  });

  it('is read as it was written, and written in the same order whatever the order was', () => {
    const text = renderLock(SAMPLE, 'matrix.yaml');
    expect(plain(read(text))).to.deep.equal(plain(SAMPLE));
    expect(renderLock(read(text), 'matrix.yaml')).to.equal(text);
    const reversed = { ...SAMPLE, kernels: new Map([...SAMPLE.kernels].reverse()) };
    expect(renderLock(reversed, 'matrix.yaml')).to.equal(text);
  });

  it('is read as it was written, whatever a provider calls its inputs', () => {
    const line = anyText({ minLength: 1, maxLength: 40 }).filter((text) =>
      /^[^\p{Cc}]+$/u.test(text),
    );
    const key = line.filter((text) => text !== '__proto__');
    const property = fc.property(fc.dictionary(key, line), (inputs) => {
      const kernel = {
        release: '6.12.117',
        digest: `sha256:${'5'.repeat(64)}`,
        inputs: { ...inputs },
      };
      const lock = { kernels: new Map([['k', kernel]]), agents: new Map() };
      expect(plain(read(renderLock(lock, 'matrix.yaml')))).to.deep.equal(plain(lock));
    });
    fc.assert(property);
  });

  it('that was edited is refused, except for entries that are about to be renewed', () => {
    const text = renderLock(SAMPLE, 'matrix.yaml').replace('6.1.176-1\n', '6.1.170-1\n');
    expect(parseLock(text).isValid).to.equal(false);
    expect(parseLock(text, { mayBeEdited: new Set(['debian-6.1']) }).isValid).to.equal(true);
    expect(parseLock(text, { mayBeEdited: new Set(['guarded']) }).isValid).to.equal(false);
  });

  it('notices any change of a value', () => {
    const text = renderLock(SAMPLE, 'matrix.yaml');
    const digits = [...text.matchAll(/(?<=[: ])\d/g)].map(({ index }) => index);
    const property = fc.property(fc.constantFrom(...digits), (at) => {
      const other = text[at] === '9' ? '8' : '9';
      expect(parseLock(text.slice(0, at) + other + text.slice(at + 1)).isValid).to.equal(false);
    });
    fc.assert(property);
  });

  it('says where a value is', () => {
    const text = renderLock(SAMPLE, 'matrix.yaml');
    const parsed = parseLock(text);
    if (!parsed.isValid) throw new Error('it has faults');
    const { start, end } = parsed.placeOf(['kernels', 'source-6.12+v1-on', 'inputs', 'compiler']);
    expect(text.slice(start, end)).to.equal('compiler');
    const nearest = parsed.placeOf(['kernels', 'debian-6.1', 'inputs', 'compiler']);
    expect(text.slice(nearest.start, nearest.end)).to.equal('debian-6.1');
  });

  it('is no other text, and none ends kmx', function () {
    this.timeout(60_000);
    const valid = renderLock(SAMPLE, 'matrix.yaml');
    const texts = [
      '',
      '\0'.repeat(1000),
      '['.repeat(5000),
      'a: {'.repeat(1000),
      'version: 1\nkernels: &a { x: *a }\nagents: {}',
      `version: 1\nkernels: {}\nagents: {}\n__proto__: {}`,
      valid.replace('kernels:', 'kernels: !!set'),
      valid.slice(0, 700),
    ];
    for (const text of texts) expect(parseLock(text).isValid, text.slice(0, 40)).to.equal(false);
    fc.assert(
      fc.property(anyText(), (text) => void parseLock(text)),
      { numRuns: 30 },
    );
  });
});
