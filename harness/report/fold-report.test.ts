import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { z } from 'zod';
import type { RunEvent } from '../events.ts';
import { parseEventLines } from './event-lines.ts';
import { createReportFold } from './fold-report.ts';
import { outcomeOf } from './outcome.ts';
import { type RunReport, reportSchema } from './schema.ts';

const LOG = readFileSync(new URL('testdata/events.jsonl', import.meta.url), 'utf8');
const UNGUARDED = 'debian-6.12+default+v1+unguarded';

function foldEvents(events: readonly RunEvent[]): RunReport {
  const fold = createReportFold();
  for (const event of events) fold.push(event);
  return fold.report();
}

describe('report', () => {
  const events = parseEventLines(LOG);
  const report = foldEvents(events);

  it('counts every test once, in its cell and in all', () => {
    const ends = events.filter(({ type }) => type === 'test-end');
    const inCells = report.cells.flatMap(({ tests }) => tests);
    expect(inCells).to.have.length(ends.length);
    const sum = Object.values(report.totals).reduce((total, number) => total + number, 0);
    expect(sum).to.equal(ends.length);
  });

  it('sums a cell up by its worst verdict', () => {
    const verdicts = report.cells.map(({ id, verdict }) => [id, verdict]);
    expect(verdicts).to.deep.include([UNGUARDED, 'agent-panic']);
    expect(verdicts).to.deep.include(['debian-6.12+default+v1+guarded', 'pass']);
  });

  it('names each crash once, with the cells and the number of tests that it hit', () => {
    const places = report.crashes.map(({ place }) => place);
    expect(new Set(places).size).to.equal(places.length);
    const panics = report.cells.flatMap(({ tests }) =>
      tests.filter(({ verdict }) => verdict === 'agent-panic'),
    );
    const tests = report.crashes.reduce((sum, crash) => sum + crash.tests, 0);
    expect(tests).to.equal(panics.length).and.to.be.above(0);
  });

  it('has the form that its schema promises', () => {
    expect(reportSchema.parse(report)).to.deep.equal(report);
  });

  it('has the form of docs/report.schema.json, which other programs check it by', () => {
    const file = new URL('../../docs/report.schema.json', import.meta.url);
    const current = z.toJSONSchema(reportSchema);
    if (process.argv.includes('--update'))
      writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(current).to.deep.equal(schema);
    const { $schema: _, ...draft } = schema;
    const validate = new Ajv({ strict: false, logger: false }).compile(draft);
    expect(validate(report), JSON.stringify(validate.errors)).to.equal(true);
  });

  it('of a run that was killed counts what never ran as a miss, and is interrupted', () => {
    const cut = events.findIndex(({ type }) => type === 'guest-end');
    const killed = foldEvents(events.slice(0, cut));
    expect(killed.interrupted).to.equal(true);
    expect(killed.totals.miss).to.be.above(0);
    expect(killed.cells).to.have.length(report.cells.length);
    expect(outcomeOf(killed)).to.equal('interrupted');
  });

  it('of a run in which nothing could be measured is unmeasured, not bad', () => {
    const begin = events.filter(({ type }) => type === 'run-begin');
    const end: RunEvent = { type: 'run-end', time: '2026-11-24T05:00:00.000Z', interrupted: false };
    const nothing = foldEvents([...begin, end]);
    expect(nothing.cells.map(({ verdict }) => verdict)).to.deep.equal(['miss', 'miss', 'miss']);
    expect(outcomeOf(nothing)).to.equal('unmeasured');
    expect(outcomeOf(report)).to.equal('bad');
  });
});

describe('event log', () => {
  it('is read up to a last line that was only half written', () => {
    const half = LOG.slice(0, -40);
    expect(parseEventLines(half)).to.have.length(parseEventLines(LOG).length - 1);
  });

  it('of another version is refused', () => {
    const other = LOG.replace('"version":1', '"version":99');
    expect(() => parseEventLines(other)).to.throw('expected events of version 1, found version 99');
  });

  it('with a garbled line is refused, and the line is named', () => {
    const garbled = LOG.split('\n').with(2, '{"type":').join('\n');
    expect(() => parseEventLines(garbled)).to.throw('line 3');
  });
});
