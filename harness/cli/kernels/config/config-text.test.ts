import { expect } from 'chai';
import picocolors from 'picocolors';
import { readMiniature, readMiniatureConfig } from '../../../kconfig/testing/miniature-tree.ts';
import { describeSymbol } from './describe-symbol.ts';
import { renderExplained } from './explain-text.ts';
import { renderShown, selectSymbols } from './show-config.ts';

const config = readMiniatureConfig('full');
const named = { name: 'full', config, from: 'full', release: '6.12.0' };
const colors = picocolors.createColors(false);
const tree = { kconfig: readMiniature(), version: '6.12.0', origin: 'a tree' };

describe('kmx kernels config show', () => {
  it('prints what has all the words, in names and in titles of menus', () => {
    expect(selectSymbols(config, ['CONFIG_cpusets'], false)).to.deep.equal([
      'CPUSETS',
      'CPUSETS_V1',
    ]);
    expect(selectSymbols(config, ['general', 'memcg'], false)).to.deep.equal(['MEMCG', 'MEMCG_V1']);
    expect(selectSymbols(config, ['memcg'], true)).to.deep.equal(['MEMCG']);
  });

  it('prints a fragment', () => {
    expect(renderShown(named, ['NR_CPUS', 'MEMCG', 'MEMCG_V1']).split('\n')).to.deep.equal([
      '# full, 6.12.0, 3 of 41 symbols',
      'CONFIG_NR_CPUS=8',
      '',
      '# General setup',
      'CONFIG_MEMCG=y',
      '# CONFIG_MEMCG_V1 is not set',
      '',
    ]);
  });
});

describe('kmx kernels config explain', () => {
  it('tells what a symbol is, needs and is needed by', () => {
    const definition = describeSymbol('CPUSETS', tree, named);
    const kernels = [
      { name: 'full', release: '6.12.0', value: 'y' },
      { name: 'other', why: 'not fetched' },
    ];
    const text = renderExplained({ symbol: 'CPUSETS', kernels, definition }, { colors, width: 80 });
    expect(text.split('\n')).to.deep.equal([
      'CONFIG_CPUSETS: Cpuset controller',
      '  bool, in General setup; init/Kconfig:41 of a tree',
      '',
      'In kernels',
      '  full  y  6.12.0',
      'Not at hand',
      '  other: not fetched; kmx kernels fetch other',
      '',
      'Depends on (values of full)',
      '  CGROUPS  y',
      '  SMP      y',
      '',
      'Is needed by',
      '  CPUSETS_V1',
      '',
    ]);
  });

  it('tells that a symbol came later, or that there are no sources', () => {
    const old = { ...tree, version: '6.1.0', kconfig: { ...tree.kconfig, symbols: new Map() } };
    const definition = describeSymbol('CPUSETS_V1', old, undefined);
    const text = renderExplained(
      { symbol: 'CPUSETS_V1', kernels: [], definition },
      { colors, width: 80 },
    );
    expect(text).to.include('a tree does not have it yet');
    expect(text).to.include('came with Linux 6.12 (split from CPUSETS)');
    const without = renderExplained(
      { symbol: 'X', kernels: [], noTree: 'none' },
      { colors, width: 80 },
    );
    expect(without).to.include('not at hand (none)');
    expect(without).to.include('kmx kernels fetch');
  });
});
