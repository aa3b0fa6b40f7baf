import { expect } from 'chai';
import fc from 'fast-check';
import { diffConfigs } from './diff-configs.ts';
import { describeState, isSameState, type KernelConfig, stateOf } from './kernel-config.ts';
import { configOf, readRecorded } from './testing/recorded-config.ts';

const names = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const values = fc.constantFrom('y', 'm', '1', undefined);
const config: fc.Arbitrary<KernelConfig> = fc
  .dictionary(names, values, { noNullPrototype: true })
  .map((symbols) => ({ symbols: new Map(Object.entries(symbols)) }));

function show(configs: readonly KernelConfig[]): readonly string[] {
  return diffConfigs(configs).map(
    ({ symbol, states }) => `${symbol} ${states.map(describeState).join(' | ')}`,
  );
}

describe('configurations side by side', () => {
  const [old, newer] = ['debian-6.1.config', 'debian-6.12.config'].map((name) =>
    configOf(readRecorded(name)),
  ) as [KernelConfig, KernelConfig];

  it('show only what differs, and whether a kernel offers a symbol or does not know it', () => {
    expect(show([old, newer]).slice(1)).to.deep.equal([
      'MEMCG_V1 – | not set',
      'GROUP_SCHED_WEIGHT – | y',
      'SCHED_MM_CID – | y',
      'CPUSETS_V1 – | not set',
      'MEMCG_KMEM y | –',
    ]);
  });

  it('may be more than two', () => {
    const others = ['CONFIG_A=y', 'CONFIG_A=m', '# CONFIG_A is not set', 'CONFIG_B=y'].map(
      configOf,
    );
    expect(show(others)).to.deep.equal(['B – | – | – | y', 'A y | m | not set | –']);
  });

  it('name the menu in the last one that has the symbol', () => {
    const menus = diffConfigs([old, newer]).map((difference) => difference.menus.join(' › '));
    expect(menus).to.deep.equal(['', ...Array(5).fill('General setup')]);
  });

  it('show every symbol that differs, once, and no other', () => {
    fc.assert(
      fc.property(fc.array(config, { minLength: 2, maxLength: 5 }), (configs) => {
        const found = diffConfigs(configs);
        const symbols = found.map(({ symbol }) => symbol);
        expect(new Set(symbols).size).to.equal(symbols.length);
        for (const symbol of ['A', 'B', 'C', 'D', 'E', 'F']) {
          const states = configs.map((one) => stateOf(one, symbol));
          const differs = states.some((one) => states.some((other) => !isSameState(one, other)));
          expect(symbols.includes(symbol), symbol).to.equal(differs);
        }
        for (const { symbol, states } of found) {
          expect(states).to.deep.equal(configs.map((one) => stateOf(one, symbol)));
        }
      }),
    );
  });

  it('do not differ from themselves', () => {
    fc.assert(
      fc.property(config, fc.integer({ min: 1, max: 4 }), (one, count) => {
        expect(diffConfigs(Array(count).fill(one))).to.deep.equal([]);
      }),
    );
  });
});
