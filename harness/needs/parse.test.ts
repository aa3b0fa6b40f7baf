import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { renderProblems } from '../matrix/render-problems.ts';
import { checkFaults } from '../matrix/testing/check-faults.ts';
import { parseFeatures, parseNeeds } from './parse.ts';
import { featuresJsonSchema, needsJsonSchema } from './schema.ts';
import { projectFeatures, projectNeeds, SCENARIOS } from './testing/project-needs.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const known = projectFeatures();

function renderFeatures(text: string): string {
  const parsed = parseFeatures(text, { known, scenarios: SCENARIOS });
  return parsed.isValid
    ? 'valid'
    : renderProblems(text, parsed.problems, { file: 'features.yaml' });
}

function renderNeeds(text: string): string {
  const parsed = parseNeeds(text, { known, scenarios: SCENARIOS });
  return parsed.isValid ? 'valid' : renderProblems(text, parsed.problems, { file: 'mine.yaml' });
}

describe('the problems of a faulty features.yaml', () => {
  checkFaults(
    new URL('testdata/feature-faults/', import.meta.url),
    'features.yaml',
    renderFeatures,
  );
});

describe('the problems of faulty needs', () => {
  checkFaults(new URL('testdata/need-faults/', import.meta.url), 'mine.yaml', renderNeeds);
});

describe('needs/', () => {
  for (const [name, schema] of [
    ['features', featuresJsonSchema()],
    ['needs', needsJsonSchema()],
  ] as const) {
    it(`has a schema for editors in docs/${name}.schema.json (--update writes it)`, () => {
      const url = new URL(`../../docs/${name}.schema.json`, import.meta.url);
      const text = JSON.stringify(schema, null, 2);
      if (process.argv.includes('--update')) writeFileSync(url, `${text}\n`);
      expect(JSON.parse(readFileSync(url, 'utf8'))).to.deep.equal(JSON.parse(text));
    });
  }

  it('has no fault, and fits these schemas', () => {
    expect(projectNeeds(known)).not.to.have.length(0);
    for (const file of readdirSync(new URL('../../needs/', import.meta.url))) {
      const schema = file === 'features.yaml' ? featuresJsonSchema() : needsJsonSchema();
      const accepts = new Ajv().compile(schema);
      const content: unknown = parse(read(`../../needs/${file}`));
      expect(accepts(content), `${file}: ${JSON.stringify(accepts.errors)}`).to.equal(true);
    }
  });

  it('is shown in its manual without a fault', () => {
    const manual = read('../../docs/needs.md');
    const examples = [...manual.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(examples).not.to.have.length(0);
    for (const text of examples) {
      const rendered = text.includes('\nagents:') ? renderNeeds(text) : renderFeatures(text);
      expect(rendered, text).to.equal('valid');
    }
  });

  it('is read whatever the text, without an exception', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          'features:',
          'agents:',
          '\n  ',
          ': ',
          '- ',
          '{',
          '}',
          '[',
          ']',
          '"',
          '&a',
          '*a',
        ),
        fc.constantFrom(
          'v1/cpuset',
          'symbols',
          'requires',
          'needs',
          'feature',
          'tests',
          'y',
          '6.12',
        ),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        expect(renderFeatures(text)).to.be.a('string').and.not.equal('');
        expect(renderNeeds(text)).to.be.a('string').and.not.equal('');
      }),
    );
  });
});
