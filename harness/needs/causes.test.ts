import { expect } from 'chai';
import fc from 'fast-check';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { causesBehind } from './causes.ts';
import { everySymbol, projectFeatures } from './testing/project-needs.ts';

const features = projectFeatures();

/** Debian's 6.12, as far as it matters here. */
const DEBIAN_6_12 = configOf({
  CGROUPS: 'y',
  CPUSETS: 'y',
  CPUSETS_V1: undefined,
  MEMCG: 'y',
  MEMCG_V1: undefined,
  PSI: 'y',
  PSI_DEFAULT_DISABLED: undefined,
});
const DEBIAN_6_1 = configOf({ CGROUPS: 'y', CPUSETS: 'y', MEMCG: 'y', MEMCG_KMEM: 'y', PSI: 'y' });

describe('causes behind a fact', () => {
  it('name the symbol that was split off, where it is off', () => {
    const kernel = { config: DEBIAN_6_12, release: '6.12.117+deb12-cloud-amd64', cmdline: 'quiet' };
    expect(causesBehind('v1/cpuset', kernel, features)).to.deep.equal([
      {
        kind: 'symbol',
        symbol: 'CPUSETS_V1',
        state: 'not set',
        wanted: ['y'],
        note: 'split from CPUSETS in 6.12, and off by default',
      },
    ]);
    expect(causesBehind('v2/cpuset', kernel, features)).to.deep.equal([]);
  });

  it('do not ask a kernel for a symbol of later ones', () => {
    const kernel = { config: DEBIAN_6_1, release: '6.1.0-57-cloud-amd64', cmdline: '' };
    expect(causesBehind('v1/cpuset', kernel, features)).to.deep.equal([]);
    expect(causesBehind('v1-file/memory.kmem.limit_in_bytes', kernel, features)).to.deep.equal([]);
  });

  it('ask for a symbol that was ported back, since the configuration has it', () => {
    const config = configOf({ CGROUPS: 'y', CPUSETS: 'y', CPUSETS_V1: undefined });
    for (const release of ['6.6.1-vendor', '']) {
      const causes = causesBehind('v1/cpuset', { config, release, cmdline: '' }, features);
      expect(causes).to.have.length(1);
    }
  });

  it('explain a control file without an entry by its controller', () => {
    const kernel = { config: DEBIAN_6_12, release: '6.12.117', cmdline: '' };
    const causes = causesBehind('v1-file/memory.limit_in_bytes', kernel, features);
    expect(causes).to.have.length(1);
    expect(causes[0]).to.include({ symbol: 'MEMCG_V1' });
  });

  it('name the version of a file that came later', () => {
    const kernel = { config: DEBIAN_6_1, release: '5.10.0-46-cloud-amd64', cmdline: '' };
    expect(causesBehind('v2-file/cgroup.kill', kernel, features)).to.deep.equal([
      { kind: 'version', since: '5.14' },
    ]);
  });

  it('name the one word of the boot parameter that takes it away', () => {
    const kernel = {
      config: DEBIAN_6_1,
      release: '6.1.176',
      cmdline: 'console=ttyS0 cgroup_disable=pids,cpuset cgroup-no-v1=named,memory -- psi=0',
    };
    const parametersOf = (fact: string): readonly unknown[] => causesBehind(fact, kernel, features);
    const cpuset = { kind: 'boot-parameter', parameter: 'cgroup_disable=cpuset' };
    expect(parametersOf('v1/cpuset')).to.deep.equal([cpuset]);
    expect(parametersOf('v2/cpuset')).to.deep.equal([cpuset]);
    const memory = { kind: 'boot-parameter', parameter: 'cgroup_no_v1=memory' };
    expect(parametersOf('v1/memory')).to.deep.equal([memory]);
    expect(parametersOf('v2/memory')).to.deep.equal([]);
    expect(parametersOf('psi'), 'words behind -- are for init').to.deep.equal([]);
  });

  it('know both names of the io controller, and that all stands for every one on v1', () => {
    for (const cmdline of ['cgroup_disable=io', 'cgroup_disable=blkio', 'cgroup_no_v1=all']) {
      const kernel = {
        config: configOf({ CGROUPS: 'y', BLOCK: 'y', BLK_CGROUP: 'y' }),
        release: '6.1.1',
        cmdline,
      };
      expect(causesBehind('v1/blkio', kernel, features), cmdline).to.have.length(1);
    }
  });

  it('count the last of a parameter that takes one value, and what the build put before it', () => {
    const off = configOf({ PSI: 'y', PSI_DEFAULT_DISABLED: 'y' });
    const causesOf = (config: KernelConfig, cmdline: string): number =>
      causesBehind('psi', { config, release: '6.1.1', cmdline }, features).length;
    expect(causesOf(off, '')).to.equal(1);
    expect(causesOf(off, 'psi=1')).to.equal(0);
    expect(causesOf(DEBIAN_6_1, 'psi=1 psi=0')).to.equal(1);
    expect(causesOf(DEBIAN_6_1, 'psi=0 psi=1')).to.equal(0);
    const built = configOf({ PSI: 'y', CMDLINE_BOOL: 'y', CMDLINE: '"quiet psi=0"' });
    expect(causesOf(built, '')).to.equal(1);
    expect(causesOf(built, 'psi=1')).to.equal(0);
    const fixed = configOf({
      PSI: 'y',
      CMDLINE_BOOL: 'y',
      CMDLINE: '"psi=0"',
      CMDLINE_OVERRIDE: 'y',
    });
    expect(causesOf(fixed, 'psi=1')).to.equal(1);
  });

  it('are possible ones only where the configuration is not known and nothing else explains it', () => {
    const kernel = { release: '6.12.1', cmdline: '' };
    const states = causesBehind('v1/cpuset', kernel, features).map((cause) =>
      cause.kind === 'symbol' ? `${cause.symbol} ${cause.state}` : cause.kind,
    );
    expect(states).to.include('CPUSETS_V1 not known');
    const disabled = { ...kernel, cmdline: 'cgroup_disable=cpuset' };
    expect(causesBehind('v1/cpuset', disabled, features)).to.deep.equal([
      { kind: 'boot-parameter', parameter: 'cgroup_disable=cpuset' },
    ]);
  });

  it('are none for a kernel that has every symbol, whatever else is on its command line', () => {
    const facts = [...features.keys()];
    const words = fc.array(fc.constantFrom('quiet', 'ro', 'cgroup_disable=bogus', '"a b', 'x=y=z'));
    fc.assert(
      fc.property(fc.constantFrom(...facts), words, (fact, cmdline) => {
        const kernel = {
          config: { symbols: everySymbol(features) },
          release: '7.3.4',
          cmdline: cmdline.join(' '),
        };
        const causes = causesBehind(fact, kernel, features);
        expect(causes.filter(({ kind }) => kind !== 'version')).to.deep.equal([]);
      }),
    );
  });
});

function configOf(symbols: Readonly<Record<string, string | undefined>>): KernelConfig {
  return { symbols: new Map(Object.entries(symbols)) };
}
