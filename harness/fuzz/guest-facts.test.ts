import { expect } from 'chai';
import fc from 'fast-check';
import { results } from '../channel/messages.ts';
import type { RunEvent } from '../events.ts';
import { splitFacts } from '../live-guest/said-facts.ts';
import { eventSchema } from '../report/event-schema.ts';
import { anyText } from '../testing/any-text.ts';
import { probedFacts } from '../testing/probed-facts.ts';

/** Values on both sides of every limit. */
const name = fc.oneof(
  fc.constantFrom('cpu', 'ok', 'EINVAL', '', '__proto__', '\ud800'),
  anyText({ maxLength: 10 }),
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
const files = fc.oneof(
  names,
  fc.integer({ min: 98, max: 102 }).map((length) => ['x'.repeat(length)]),
  fc.integer({ min: 510, max: 514 }).map((length) => Array(length).fill('cpu.max')),
);
const usual = {
  ...{ release: '6.12.0', cmdline: 'quiet', cpus: 2, memoryMib: 256, v2Controllers: ['cpu'] },
  ...probedFacts(),
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
      v1Files: files,
      v2Enables: mounts,
      procCgroups: mounts,
      psi: fc.oneof(fc.boolean(), name),
      hz: number,
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
      const heard = results.facts.safeParse(said);
      const { release, cmdline, cpus, memoryMib, v2Controllers, ...probed } = said;
      const { v1Mounts, disagreements } = probed;
      const bare = { release, cmdline, cpus, memoryMib, v2Controllers, v1Mounts, disagreements };
      const read = [readyWith(bare), factsWith(probed)].map((event) =>
        eventSchema.safeParse(event),
      );
      expect(heard.success).to.equal(read.every(({ success }) => success));
      if (!heard.success) return;
      believed += 1;
      const split = splitFacts(heard.data);
      for (const event of [readyWith(split.facts), factsWith(split.probed)]) {
        expect(eventSchema.parse(event)).to.deep.equal(event);
      }
    });
    fc.assert(property, { numRuns: 500 });
    expect(believed).to.be.within(100, 450);
  });
});

/** As they are read from the log. */
function readyWith(said: object): RunEvent {
  const event = {
    ...{ type: 'guest-ready', time: '2026-01-01T00:00:00.000Z', cell: 'x', guest: 1, bootMs: 1 },
    facts: { ...said, cgroup: 'v2', controllers: ['cpu'] },
  };
  return JSON.parse(JSON.stringify(event));
}

function factsWith(facts: object): RunEvent {
  const event = {
    ...{ type: 'facts', time: '2026-01-01T00:00:00.000Z', digest: `sha256:${'0'.repeat(64)}` },
    facts,
  };
  return JSON.parse(JSON.stringify(event));
}
