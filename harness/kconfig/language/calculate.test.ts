import { expect } from 'chai';
import { readMiniature, readMiniatureConfig, treeOf } from '../testing/miniature-tree.ts';
import { readRecorded } from '../testing/recorded-config.ts';
import { calculate } from './calculate.ts';
import { valuesIn, withoutQuotes } from './config-values.ts';
import type { ValueOf } from './evaluate.ts';

describe('a configuration that is calculated', () => {
  const tree = readMiniature();
  const nothing: ValueOf = () => undefined;
  /** What the compiler can do is as it was when the configurations were recorded. */
  const compiler: ValueOf = (name) => (name === 'CC_HAS_RETURN_THUNK' ? 'y' : 'n');

  for (const [name, requests] of [
    ['minimal', ''],
    ['full', readRecorded('tree-full.requests')],
  ] as const) {
    it(`is what the kernel's own program makes of it: ${name}`, () => {
      const asked = new Map(
        requests.split('\n').map((line) => {
          const [symbol = '', value = ''] = line.replace('CONFIG_', '').split('=');
          return [symbol, withoutQuotes(value)] as const;
        }),
      );
      const values = calculate(tree, (symbol) => asked.get(symbol), compiler);
      const real = valuesIn(readMiniatureConfig(name), tree);
      for (const symbol of tree.symbols.keys()) {
        expect(values(symbol), symbol).to.equal(real(symbol));
      }
    });
  }

  it('stays as it is if it is asked for again', () => {
    const config = readMiniatureConfig('full');
    const real = valuesIn(config, tree);
    const asked: ValueOf = (symbol) => (config.symbols.has(symbol) ? real(symbol) : undefined);
    const values = calculate(tree, asked, compiler);
    for (const symbol of tree.symbols.keys()) {
      expect(values(symbol), symbol).to.equal(real(symbol));
    }
  });

  it('ends in a tree whose symbols need each other, however long the chain is', () => {
    const circle = treeOf(
      'config A\n bool "a"\n depends on B\nconfig B\n bool "b"\n depends on A\n select A\n',
    );
    expect(calculate(circle, () => 'y', nothing)('A')).to.be.oneOf(['y', 'n']);
    const chain = Array.from(
      { length: 20_000 },
      (_, at) => `config S${at}\n bool "s"\n depends on S${at + 1}\n select S${at + 2}\n`,
    );
    expect(calculate(treeOf(chain.join('')), () => 'y', nothing)('S0')).to.be.oneOf(['y', 'n']);
  });
});
