import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { z } from 'zod';
import { readRecordedLogs } from '../verdict/testing/recorded-logs.ts';
import { CLASSIFICATION_VERSION, classificationSchema } from './classification.ts';
import { createLogClassifier } from './classify-log.ts';
import { worstClass } from './worst.ts';

/** Names of the properties that nothing describes, at any depth. */
function undescribed(schema: object): readonly string[] {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, object>> };
  const own = Object.keys(properties).filter(
    (name) => !('description' in (properties[name] ?? {})),
  );
  const inner = Object.values(schema).filter((value) => typeof value === 'object');
  return [...own, ...inner.flatMap(undescribed)];
}

describe('The form of a classification', () => {
  it('says of each field what it is', () => {
    expect(undescribed(z.toJSONSchema(classificationSchema))).to.deep.equal([]);
  });

  it('is that of docs/classify.schema.json, which other programs check it by', () => {
    const file = new URL('../../docs/classify.schema.json', import.meta.url);
    const current = z.toJSONSchema(classificationSchema);
    if (process.env.KMX_UPDATE) writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(current).to.deep.equal(schema);
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const files = readRecordedLogs().map(({ name, bytes }) => {
      const options = { stream: undefined, today: '2026-12-01' };
      const known = { file: 'expectations.yaml', expectations: [] };
      const classifier = createLogClassifier({ ...options, known });
      classifier.push(bytes);
      return { file: name, ...classifier.end(1) };
    });
    const worst = worstClass(files);
    const whole = { version: CLASSIFICATION_VERSION, worst, files, unread: [], skipped: 0 };
    expect(validate(whole), JSON.stringify(validate.errors)).to.equal(true);
    expect(classificationSchema.parse(JSON.parse(JSON.stringify(whole)))).to.deep.equal(whole);
  });
});
