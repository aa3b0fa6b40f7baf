import { expect } from 'chai';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { parseKconfigTree } from '../kconfig/language/parse-tree.ts';
import { changesBetween, changesIn, configWith } from './change.ts';
import { requirementsOf } from './requirements.ts';

const KCONFIG = `
config NET
	bool "Networking"
config HAVE_NET
	def_bool NET
config FILTER
	tristate "Filters"
	depends on HAVE_NET && !TINY
config TINY
	bool "Small"
config TRACE
	bool "Trace"
	select RING
config RING
	bool "Ring"
config PROBES
	bool "Probes"
	select COMMON
config EVENTS
	bool "Events"
	select COMMON
config COMMON
	bool
	select RING
config SIZE
	int "Size"
	default 5
choice
	prompt "Clock"
config HZ_100
	bool "100"
config HZ_250
	bool "250"
endchoice
`;

const tree = parseKconfigTree((path) => (path === 'Kconfig' ? KCONFIG : undefined), {});

function config(symbols: Readonly<Record<string, string | undefined>>): KernelConfig {
  return { symbols: new Map(Object.entries(symbols)) };
}

function requirements(
  from: Readonly<Record<string, string | undefined>>,
  to: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, readonly string[]>> {
  const found = requirementsOf(changesBetween(config(from), config(to), tree), tree);
  return Object.fromEntries([...found].map(([change, others]) => [change, [...others].sort()]));
}

describe('changesBetween', () => {
  it('has what can be set, and tells what only follows', () => {
    const { changes, following } = changesBetween(
      config({ NET: undefined, SIZE: '5' }),
      config({ NET: 'y', HAVE_NET: 'y', FILTER: undefined, SIZE: '7' }),
      tree,
    );
    // That FILTER is offered once NET is on is no difference: it is off.
    expect([...changes.values()]).to.deep.equal([
      { symbol: 'NET', from: 'n', to: 'y' },
      { symbol: 'SIZE', from: '5', to: '7' },
    ]);
    expect(following).to.deep.equal(['HAVE_NET']);
  });

  it('writes a configuration with some of the changes, and finds them again', () => {
    const from = config({ NET: undefined, HAVE_NET: undefined, RING: 'y', SIZE: '5' });
    const to = config({ NET: 'y', HAVE_NET: 'y', FILTER: 'm', RING: 'y', SIZE: '7' });
    const changes = changesBetween(from, to, tree);
    expect(configWith(from, changes, new Set(['NET']))).to.equal(
      'CONFIG_RING=y\nCONFIG_NET=y\n# CONFIG_FILTER is not set\nCONFIG_SIZE=5\n',
    );
    expect([...changesIn(config({ NET: 'y', SIZE: '5' }), changes)]).to.deep.equal(['NET']);
  });
});

describe('requirementsOf', () => {
  it('looks behind symbols that cannot be set', () => {
    expect(
      requirements({ NET: undefined }, { NET: 'y', HAVE_NET: 'y', FILTER: 'm' }),
    ).to.deep.equal({ FILTER: ['NET'] });
  });

  it('turns round for what is switched off', () => {
    expect(
      requirements({ NET: 'y', HAVE_NET: 'y', FILTER: 'm' }, { NET: undefined }),
    ).to.deep.equal({ NET: ['FILTER'] });
  });

  it('switches off what another symbol must not have', () => {
    expect(
      requirements(
        { NET: 'y', HAVE_NET: 'y', TINY: 'y' },
        { NET: 'y', HAVE_NET: 'y', FILTER: 'y' },
      ),
    ).to.deep.equal({ FILTER: ['TINY'] });
  });

  it('knows what is selected, and the members of a choice', () => {
    expect(requirements({ HZ_100: 'y' }, { TRACE: 'y', RING: 'y', HZ_250: 'y' })).to.deep.equal({
      TRACE: ['RING'],
      HZ_100: ['HZ_250'],
      HZ_250: ['HZ_100'],
    });
  });

  it('does not mix up those that select the same symbol', () => {
    expect(
      requirements({ NET: 'y' }, { NET: 'y', PROBES: 'y', EVENTS: 'y', COMMON: 'y', RING: 'y' }),
    ).to.deep.equal({ PROBES: ['RING'], EVENTS: ['RING'] });
  });
});
