import { expect } from 'chai';
import { createSampleComparison } from '../testing/sample-comparison.ts';
import { leadOf } from './lead.ts';

const SAMPLE = createSampleComparison();

describe('The first sentence of a comparison', () => {
  it('says what differs, gravest first, and the best reason', () => {
    expect(leadOf(SAMPLE)).to.equal(
      'Of 42 tests, 6 regressed, 1 improved, 2 appeared. First suspect: v1 cpuset cannot be mounted (EINVAL).',
    );
  });

  it('names no suspect if nothing tells why', () => {
    const groups = SAMPLE.groups.map((group) => ({ ...group, isTold: false }));
    expect(leadOf({ ...SAMPLE, groups })).to.equal(
      'Of 42 tests, 6 regressed, 1 improved, 2 appeared.',
    );
  });

  it('says so if all tests end the same, and what differs besides', () => {
    const tests = { compared: 1200, same: 1200, alone: 0, differing: {} };
    expect(leadOf({ ...SAMPLE, tests, groups: [] })).to.equal(
      'All 1200 tests end the same; 3 facts and 5 symbols of the configuration differ.',
    );
  });

  it('is about configurations alone if nothing else was compared', () => {
    const tests = { compared: 0, same: 0, alone: 0, differing: {} };
    const config = SAMPLE.config.slice(0, 1);
    expect(leadOf({ ...SAMPLE, tests, groups: [], facts: [], config })).to.equal(
      '1 symbol of the configuration differs.',
    );
    expect(leadOf({ ...SAMPLE, tests, groups: [], facts: [], config: [] })).to.equal(
      'Nothing differs.',
    );
  });
});
