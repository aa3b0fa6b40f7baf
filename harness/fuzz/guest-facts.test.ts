import { expect } from 'chai';
import fc from 'fast-check';
import { results } from '../channel/messages.ts';
import { eventSchema } from '../report/event-schema.ts';

/** Values on both sides of every limit. */
const name = fc.oneof(
  fc.constantFrom('cpu', 'ok', 'EINVAL', '', '__proto__', '\ud800'),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.integer({ min: 60, max: 70 }).map((length) => 'x'.repeat(length)),
);
const names = fc.oneof(
  fc.array(name, { maxLength: 4 }),
  fc.integer({ min: 60, max: 70 }).map((length) => Array(length).fill('cpu')),
);
const number = fc.oneof(fc.nat(), fc.constantFrom(0, -0, -1, 1.5, 2 ** 53, 1e300), fc.double());
const mounts = fc.oneof(
  fc.dictionary(name, name, { maxKeys: 4 }),
  fc
    .integer({ min: 60, max: 70 })
    .map((length) => Object.fromEntries(Array.from({ length }, (_, at) => [`c${at}`, 'ok']))),
);
const usual = {
  ...{ release: '6.12.0', cmdline: 'quiet', cpus: 2, memoryMib: 256, v1Mounts: { cpu: 'ok' } },
  ...{ v2Controllers: ['cpu'], disagreements: [] },
};
/** Usual facts, except for one or two. */
const facts = fc
  .record(
    {
      release: name,
      cmdline: fc.oneof(name, fc.constant('x'.repeat(2048)), fc.constant('x'.repeat(2049))),
      cpus: number,
      memoryMib: number,
      v1Mounts: mounts,
      v2Controllers: names,
      disagreements: names,
    },
    { requiredKeys: [] },
  )
  .map((unusual) => Object.fromEntries(Object.entries(unusual).slice(0, 2)))
  // As they arrive, through JSON.
  .map((unusual) => JSON.parse(JSON.stringify({ ...usual, ...unusual })));

describe('facts of a guest', () => {
  it('are accepted on the channel if and only if the event log accepts them', () => {
    let believed = 0;
    const property = fc.property(facts, (said) => {
      const heard = results.facts.safeParse({ ...said, procCgroups: [] });
      const read = eventSchema.safeParse(readyWith(said));
      expect(heard.success).to.equal(read.success);
      if (!heard.success) return;
      believed += 1;
      const { procCgroups: _, ...bare } = heard.data;
      const event = readyWith(bare);
      expect(eventSchema.parse(event)).to.deep.equal(event);
    });
    fc.assert(property, { numRuns: 500 });
    expect(believed).to.be.within(100, 450);
  });
});

/** As it is read from the log. */
function readyWith(said: object): unknown {
  const event = {
    ...{ type: 'guest-ready', time: '2026-01-01T00:00:00.000Z', cell: 'x', guest: 1, bootMs: 1 },
    facts: { ...said, cgroup: 'v2', controllers: ['cpu'] },
  };
  return JSON.parse(JSON.stringify(event));
}
