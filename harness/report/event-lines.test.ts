import { expect } from 'chai';
import fc from 'fast-check';
import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { EVENTS_VERSION, type RunEvent } from '../events.ts';
import { createEventReader, parseEventLines } from './event-lines.ts';
import type { eventSchema } from './event-schema.ts';
import { createSampleRun } from './testing/sample-run.ts';

const EVENTS = createSampleRun();
const LOG = EVENTS.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Dotted names of all fields, also of those in lists and records. */
type Fields<T> = T extends readonly (infer Element)[]
  ? Fields<Element>
  : T extends object
    ? { [Name in keyof T & string]: Name | `${Name}.${Fields<T[Name]>}` }[keyof T & string]
    : never;

type Unread<Type extends RunEvent['type']> = Type extends unknown
  ? Exclude<
      Fields<Extract<RunEvent, { readonly type: Type }>>,
      Fields<Extract<z.infer<typeof eventSchema>, { readonly type: Type }>>
    >
  : never;

describe('event log', () => {
  it('can have every field of every event', () => {
    const unread: [Unread<RunEvent['type']>] extends [never] ? readonly [] : 'fields' = [];
    expect(unread).to.have.length(0);
  });

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

  it('is the same in pieces of any size, and tells how many bytes its whole lines have', () => {
    const bytes = Buffer.from(LOG.replaceAll('"title":"', '"title":"ü😀'));
    const whole = parseEventLines(bytes.toString());
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(bytes.length), (size, length) => {
        const reader = createEventReader();
        const events: RunEvent[] = [];
        // One buffer for all pieces, as when a file is read.
        const piece = Buffer.alloc(size);
        for (let at = 0; at < length; at += size) {
          const copied = bytes.copy(piece, 0, at, Math.min(at + size, length));
          events.push(...reader.push(piece.subarray(0, copied)));
        }
        const read = bytes.subarray(0, length);
        expect(reader.wholeBytes).to.equal(read.lastIndexOf('\n') + 1);
        expect(events).to.deep.equal(whole.slice(0, events.length));
        expect(bytes.toString('utf8', 0, reader.wholeBytes).split('\n')).to.have.length(
          events.length + 1,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('is read up to the first zero, which a power loss leaves, and not behind it', () => {
    const first = LOG.indexOf('\n') + 1;
    const reader = createEventReader();
    const broken = Buffer.from(`${LOG.slice(0, first)}{"type\0\0\n${LOG.slice(first)}`);
    expect(reader.push(broken)).to.have.length(1);
    expect(reader.push(Buffer.from(LOG))).to.have.length(0);
    expect(reader.wholeBytes).to.equal(Buffer.byteLength(LOG.slice(0, first)));
  });

  it('of another version is refused', () => {
    const other = LOG.replace(/"version":\d+/, '"version":99');
    expect(() => parseEventLines(other, 'a/events.jsonl')).to.throw(
      UsageError,
      `a/events.jsonl:1: expected events of version ${EVENTS_VERSION}, found version 99`,
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
