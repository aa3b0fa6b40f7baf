import { expect } from 'chai';
import fc from 'fast-check';
import type { RunEvent } from '../events.ts';
import { createKnownLines } from './known-lines.ts';

const END = {
  type: 'test-end',
  time: '2026-11-25T12:00:00.000Z',
  cell: 'debian-6.12+default+v2+guarded',
  test: { file: 'cpu/quota.spec.ts', title: 'cpu quota › is "kept"' },
  durationMs: 12,
  verdict: 'pass',
  findings: [],
};
const LATER = { ...END, time: '2026-11-25T12:00:01.500Z', cell: 'debian-6.1', durationMs: 3456 };

describe('known lines of a log', () => {
  function learned(line = JSON.stringify(END)) {
    const lines = createKnownLines();
    lines.learn(line, JSON.parse(line) as RunEvent);
    return lines;
  }

  it('are recognised at another time, of another cell, and with another duration', () => {
    const event = learned().take(JSON.stringify(LATER));
    expect(event).to.deep.equal(LATER);
    expect(JSON.stringify(event)).to.equal(JSON.stringify(LATER));
  });

  it('are not taken for lines that are garbled', () => {
    const lines = learned();
    const line = JSON.stringify(LATER);
    const garbled = [
      ['{"type', '["type'],
      ['"time":"2026-11-25', '"time":"2026-02-30'],
      ['"cell":"debian-6.1"', '"cell":"debian\u0007-6.1"'],
      ['"cell":"debian-6.1"', '"cell":"debian\\6.1"'],
      ['3456', '03456'],
      ['3456', '-3456'],
      ['3456', '""'],
      ['"pass"', '"maybe"'],
      [']}', ']'],
      [']}', ']}}'],
    ] as const;
    for (const [from, to] of garbled) {
      const other = line.replace(from, to);
      expect(other).not.to.equal(line);
      expect(lines.take(other), other).to.equal(undefined);
    }
  });

  it('are not learned where a key comes twice', () => {
    const twice = JSON.stringify(END).replace(/}$/, ',"durationMs":12}');
    expect(learned(twice).take(twice)).to.equal(undefined);
  });

  it('never change what a line says, whatever it holds', () => {
    const key = fc.constantFrom('test', 'durationMs', 'time', 'cell', 'guest', 'x');
    const inner = fc.oneof(
      fc.nat(20),
      fc.constantFrom('a"b', '"durationMs":1,', 'x'),
      fc.dictionary(key, fc.nat(3), { maxKeys: 2 }),
    );
    const event = fc.record({
      type: fc.constantFrom('test-end', 'finding'),
      time: fc.constantFrom(END.time, LATER.time),
      cell: fc.constantFrom('a', 'b"c', 'd'),
      rest: fc.dictionary(key, inner, { maxKeys: 2 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const lines = createKnownLines();
        for (const { rest, ...head } of events) {
          const line = JSON.stringify({ ...head, ...rest });
          const taken = lines.take(line);
          if (taken !== undefined) expect(JSON.stringify(taken)).to.equal(line);
          lines.learn(line, JSON.parse(line) as RunEvent);
        }
      }),
      { numRuns: 500 },
    );
  });
});
