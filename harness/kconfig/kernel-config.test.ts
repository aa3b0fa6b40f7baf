import { expect } from 'chai';
import { describeState, isSameState, type KernelConfig, stateOf } from './kernel-config.ts';

describe('the state of a symbol', () => {
  const config: KernelConfig = {
    symbols: new Map([
      ['CPUSETS', 'y'],
      ['CPUSETS_V1', undefined],
    ]),
  };

  it('tells a value, offered and off, and unknown apart', () => {
    const states = ['CPUSETS', 'CPUSETS_V1', 'MEMCG_V1'].map((symbol) => stateOf(config, symbol));
    expect(states.map(({ kind }) => kind)).to.deep.equal(['value', 'off', 'unknown']);
    expect(states.map(describeState)).to.deep.equal(['y', 'not set', '–']);
  });

  it('differs between off and unknown', () => {
    expect(isSameState(stateOf(config, 'CPUSETS_V1'), stateOf(config, 'MEMCG_V1'))).to.equal(false);
    expect(isSameState(stateOf(config, 'A'), stateOf(config, 'B'))).to.equal(true);
  });
});
