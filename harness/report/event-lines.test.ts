import { expect } from 'chai';
import fc from 'fast-check';
import { UsageError } from '../errors.ts';
import { parseEventLines } from './event-lines.ts';
import { createSampleRun } from './testing/sample-run.ts';

const EVENTS = createSampleRun();
const LOG = EVENTS.map((event) => `${JSON.stringify(event)}\n`).join('');

describe('event log', () => {
  it('is read back as it was written', () => {
    expect(parseEventLines(LOG)).to.deep.equal(JSON.parse(JSON.stringify(EVENTS)));
  });

  it('is read up to a last line that was only half written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LOG.length }), (length) => {
        const half = LOG.slice(0, length);
        expect(parseEventLines(half)).to.have.length(half.split('\n').length - 1);
      }),
    );
  });

  it('of another version is refused', () => {
    const other = LOG.replace('"version":3', '"version":99');
    expect(() => parseEventLines(other, 'a/events.jsonl')).to.throw(
      UsageError,
      'a/events.jsonl:1: expected events of version 3, found version 99',
    );
  });

  it('that does not begin a run is refused', () => {
    const headless = LOG.slice(LOG.indexOf('\n') + 1);
    expect(() => parseEventLines(headless)).to.throw(UsageError, 'expected run-begin');
  });

  it('with a garbled line is refused, and the line is named', () => {
    const garbled = LOG.split('\n').with(2, '{"type":').join('\n');
    expect(() => parseEventLines(garbled)).to.throw(UsageError, 'events.jsonl:3');
  });

  it('with an event of another form is refused, and the fault is named', () => {
    const lines = LOG.split('\n');
    const at = lines.findIndex((line) => line.includes('"type":"test-end"'));
    const odd = lines.with(at, lines[at]?.replace('"verdict":"pass"', '"verdict":"maybe"') ?? '');
    expect(() => parseEventLines(odd.join('\n'))).to.throw(UsageError, /verdict/);
  });
});
