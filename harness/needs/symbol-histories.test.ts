import { expect } from 'chai';
import { SYMBOL_HISTORIES } from '../kconfig/fragments/symbol-history.ts';
import { compareVersions } from '../kconfig/kernel-version.ts';
import { projectFeatures } from './testing/project-needs.ts';

describe('when symbols came', () => {
  it('is never after a feature first needs them', () => {
    const needs = [...projectFeatures().values()].flatMap(({ symbols }) => symbols);
    const compared = needs.flatMap(({ symbol, since }) => {
      const came = SYMBOL_HISTORIES.get(symbol)?.since;
      return came === undefined || since === undefined ? [] : [{ symbol, since, came }];
    });
    expect(compared.map(({ symbol }) => symbol)).to.include.members(['CPUSETS_V1', 'MEMCG_V1']);
    for (const { symbol, since, came } of compared) {
      expect(compareVersions(came, since), symbol).to.be.at.most(0);
    }
  });
});
