import { expect } from 'chai';
import { AXIS_LENGTH, axisOf, placeOn, spanOfTest } from './time-axis.ts';

const guest = { number: 1, reason: 'first', from: 'boot', command: [] } as const;
const test = { file: 'a.spec.ts', title: 'a', verdict: 'pass', findings: [] } as const;

describe('The time axis of a cell', () => {
  it('goes from its first guest to its last test', () => {
    const axis = axisOf({
      guests: [{ ...guest, command: [], startMs: 1000, bootMs: 500 }],
      tests: [{ ...test, findings: [], startMs: 1600, durationMs: 400 }],
    });
    expect(axis).to.deep.equal({ startMs: 1000, endMs: 2000 });
  });

  it('is not there if nothing says when it was', () => {
    expect(axisOf({ guests: [], tests: [{ ...test, findings: [], durationMs: 3 }] })).to.equal(
      undefined,
    );
  });

  it('shows what took no time, at its very end, too', () => {
    const place = placeOn({ startMs: 0, endMs: 10_000 }, { startMs: 10_000, durationMs: 0 });
    expect(place.length).to.be.above(0);
    expect(place.from + place.length).to.equal(AXIS_LENGTH);
  });
});

describe('The span of a test', () => {
  const span = (file: string) =>
    spanOfTest({ file, startMs: 100, durationMs: 50 }, { startMs: 90, durationMs: 400 });

  it('begins when its guest is up: the wait is not part of its duration', () => {
    expect(span('a.spec.ts')).to.deep.equal([{ startMs: 490, durationMs: 50 }]);
  });

  it('is its guest’s for the test that boots it', () => {
    expect(span('boots')).to.deep.equal([]);
  });
});
