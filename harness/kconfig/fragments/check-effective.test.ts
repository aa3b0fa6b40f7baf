import { expect } from 'chai';
import fc from 'fast-check';
import { calculate } from '../language/calculate.ts';
import { valuesIn, withoutQuotes } from '../language/config-values.ts';
import { readMiniature, readMiniatureConfig, treeOf } from '../testing/miniature-tree.ts';
import { configOf, readRecorded } from '../testing/recorded-config.ts';
import { wantedOf } from '../testing/wanted.ts';
import { checkEffective, satisfies } from './check-effective.ts';
import { describeLost } from './describe-lost.ts';

const tree = readMiniature();
const minimal = readMiniatureConfig('minimal');
const full = readMiniatureConfig('full');

const lostIn = (config: typeof full, ...lines: readonly string[]): readonly string[] =>
  checkEffective(wantedOf(...lines), config, tree).flatMap(describeLost);

describe('what was requested', () => {
  it('is not lost if it took', () => {
    expect(
      lostIn(full, 'CPUSETS_V1=y', 'VIRTIO_PCI=m', 'NR_CPUS=0x8', 'PREEMPT_RT=n'),
    ).to.deep.equal([]);
    expect(lostIn(minimal, 'CPUSETS_V1=n', 'NAMES="one two,three"')).to.deep.equal([]);
  });

  it('is lost to a dependency that is not set', () => {
    expect(lostIn(full, 'MITIGATION_RETHUNK=y', 'REMOTEPROC=y')).to.deep.equal([
      'MITIGATION_RETHUNK=y (f:1) did not take: it is not set, and its Kconfig file does not say why',
      'REMOTEPROC=y (f:2) did not take: it is not set, and its Kconfig file does not say why',
    ]);
    expect(lostIn(minimal, 'CPUSETS=y', 'SMP=y').slice(0, 3)).to.deep.equal([
      'CPUSETS=y (f:1) did not take:',
      '  CPUSETS depends on CGROUPS and SMP, which are not set',
      '  set CONFIG_CGROUPS=y',
    ]);
  });

  it('is lost at the end of a chain, which is followed down to what can be set', () => {
    expect(lostIn(minimal, 'CPUSETS_V1=y')).to.deep.equal([
      'CPUSETS_V1=y (f:1) did not take:',
      '  CPUSETS_V1 depends on CGROUPS and CPUSETS, which are not set',
      '  CPUSETS depends on CGROUPS and SMP, which are not set',
      '  set CONFIG_CGROUPS=y, CONFIG_SMP=y, CONFIG_CPUSETS=y',
    ]);
    expect(lostIn(minimal, 'CGROUP_HUGETLB=y', 'CGROUPS=y')).to.include(
      '  set CONFIG_CGROUPS=y, CONFIG_HUGETLBFS=y'.replace('CONFIG_CGROUPS=y, ', ''),
    );
  });

  it('is lost to one of several conditions, of which the cheapest is offered', () => {
    expect(lostIn(full, 'VIRTIO_NET=y')).to.deep.equal([
      'VIRTIO_NET=y (f:1) did not take: it depends on VIRTIO, which is m; set CONFIG_VIRTIO_PCI=y',
    ]);
    expect(lostIn(minimal, 'NET_9P_VIRTIO=y').at(-1)).to.equal(
      '  set CONFIG_NET=y, CONFIG_NET_9P=y, CONFIG_PCI=y, CONFIG_VIRTIO_PCI=y',
    );
  });

  it('is lost to a prompt that is not shown', () => {
    expect(lostIn(minimal, 'SYSFS=n', 'PHYSICAL_START=0x200000', 'DEBUG_KERNEL=y')).to.deep.equal([
      'SYSFS=n (f:1) did not take: it can only be set with EXPERT, which is not set; set CONFIG_EXPERT=y',
      'PHYSICAL_START=0x200000 (f:2) did not take: it can only be set with EXPERT, which is not set; set CONFIG_EXPERT=y',
      'DEBUG_KERNEL=y (f:3) did not take: it can only be set with EXPERT, which is not set; set CONFIG_EXPERT=y',
    ]);
  });

  it('is lost to symbols that select it, or has nothing but them', () => {
    expect(lostIn(full, 'EVENTFD=n', 'PCI_MSI=n')).to.deep.equal([
      'EVENTFD=n (f:1) did not take: MEMCG=y selects it; set CONFIG_MEMCG=n',
      'PCI_MSI=n (f:2) did not take: PCI=y selects it; set CONFIG_PCI=n',
    ]);
    expect(lostIn(minimal, 'VIRTIO=y', 'HUGETLB_PAGE=y')).to.deep.equal([
      'VIRTIO=y (f:1) did not take: it has no prompt, so it cannot be set directly; one of these that select it must be on: VIRTIO_PCI, REMOTEPROC; set CONFIG_PCI=y, CONFIG_VIRTIO_PCI=y',
      'HUGETLB_PAGE=y (f:2) did not take: it has no prompt, so it cannot be set directly; set CONFIG_HUGETLBFS=y',
    ]);
  });

  it('is lost to its choice, its type, its range, or to a kernel without modules', () => {
    expect(
      lostIn(full, 'HZ_100=y', 'HZ_1000=n', 'SMP=m', 'NAMES=y', 'NR_CPUS=9999', 'NET="on"'),
    ).to.deep.equal([
      'HZ_100=y (f:1) did not take: it is one of the choice "Timer frequency", of which HZ_1000 is on',
      'HZ_1000=n (f:2) did not take: one member of the choice "Timer frequency" must be on; set another one: HZ_100, HZ_250',
      'SMP=m (f:3) did not take: it is y or n',
      'NAMES=y (f:4) did not take: it is a text in quotation marks',
      'NR_CPUS=9999 (f:5) did not take: it must be from 2 to 512',
      'NET="on" (f:6) did not take: it is y or n',
    ]);
    expect(lostIn(minimal, 'REMOTEPROC=m')).to.deep.equal([
      'REMOTEPROC=m (f:1) did not take: the kernel has no modules; set CONFIG_MODULES=y, or ask for y',
    ]);
  });

  it('is lost to what the compiler cannot do', () => {
    const config = configOf('# CONFIG_64BIT is not set\n');
    expect(
      checkEffective(wantedOf('MITIGATION_RETHUNK=y'), config, tree).flatMap(describeLost),
    ).to.deep.equal([
      'MITIGATION_RETHUNK=y (f:1) did not take: it depends on CC_HAS_RETURN_THUNK, which is not set: the compiler or another tool decides that; no other symbol was found that would change this',
    ]);
  });

  it('is unknown to this version, which is not the same as lost', () => {
    const version = configOf('# Linux/x86 6.1.192 Kernel Configuration\nCONFIG_CGROUPS=y\n');
    const other = treeOf(
      'config CGROUPS\n bool "c"\nconfig CPUSETS\n bool "c"\nconfig MEMCG\n bool "m"\n',
    );
    const check = (...lines: string[]) =>
      checkEffective(wantedOf(...lines), version, other).map((lost) => [
        lost.severity,
        ...describeLost(lost),
      ]);
    expect(
      check('CPUSETS_V1=y', 'CPUSET=y', 'MEMCG_V1=n', 'WHATEVER_ELSE=y', 'MEMCG_SWAP=y'),
    ).to.deep.equal([
      [
        'error',
        'CPUSETS_V1=y (f:1) did not take: Linux 6.1.192 has no symbol CPUSETS_V1: it came with Linux 6.12 (split from CPUSETS)',
      ],
      [
        'error',
        'CPUSET=y (f:2) did not take: Linux 6.1.192 has no symbol CPUSET; did you mean CPUSETS?',
      ],
      [
        'note',
        'MEMCG_V1=n (f:3): Linux 6.1.192 has no symbol MEMCG_V1: it came with Linux 6.11 (split from MEMCG)',
      ],
      ['error', 'WHATEVER_ELSE=y (f:4) did not take: Linux 6.1.192 has no symbol WHATEVER_ELSE'],
      [
        'error',
        'MEMCG_SWAP=y (f:5) did not take: Linux 6.1.192 has no symbol MEMCG_SWAP: it was removed in Linux 6.1 (always on with MEMCG and SWAP)',
      ],
    ]);
  });

  it('may be absent where that was said', () => {
    const wanted = wantedOf('CPUSETS_V1=y', 'NO_SUCH=y', 'SYSFS=n', 'SMP=y');
    const mayBeAbsent = new Set(['CPUSETS_V1', 'NO_SUCH']);
    const lost = checkEffective(wanted, minimal, tree, mayBeAbsent);
    expect(lost.map(({ request }) => request.symbol)).to.deep.equal(['SYSFS', 'SMP']);
  });

  it('is told in time in a tree whose symbols need each other', () => {
    const symbols = Array.from({ length: 3000 }, (_, at) => {
      const [a, b] = [(at + 1) % 3000, (at * 7 + 3) % 3000];
      return `config S${at}\n bool "s"\n depends on S${a} || S${b} && !S${(at * 5) % 3000}\n select S${b} if S${a}\n`;
    });
    const circles = treeOf(symbols.join(''));
    const lost = checkEffective(
      wantedOf('S0=y', 'S7=y'),
      configOf('# CONFIG_S1 is not set\n'),
      circles,
    );
    expect(lost).to.have.length(2);
  });
});

describe('a remedy', () => {
  const names = [...tree.symbols.values()].filter(
    ({ type, prompts }) => (type === 'bool' || type === 'tristate') && prompts.length > 0,
  );

  it('makes a request take, whatever it is for, and has nothing that it can do without', () => {
    const anySymbol = fc.constantFrom(...names.map(({ name }) => name));
    fc.assert(
      fc.property(
        anySymbol,
        fc.constantFrom('y', 'n'),
        fc.constantFrom(minimal, full),
        (name, value, config) => {
          const [lost] = checkEffective(wantedOf(`${name}=${value}`), config, tree);
          const remedy = lost !== undefined && 'remedy' in lost.reason ? lost.reason.remedy : [];
          if (remedy.length === 0) return;
          const valueAfter = (assignments: typeof remedy): string | undefined => {
            const asked = new Map(assignments.map((one) => [one.symbol, one.value]));
            const effective = valuesIn(config, tree);
            return calculate(
              tree,
              (symbol) =>
                asked.get(symbol) ?? (config.symbols.has(symbol) ? effective(symbol) : undefined),
              effective,
            )(name);
          };
          const request = { symbol: name, value };
          expect(valueAfter([request, ...remedy])).to.equal(value);
          for (const left of remedy) {
            const fewer = remedy.filter((one) => one !== left);
            expect(valueAfter([request, ...fewer]), `${name} without ${left.symbol}`).not.to.equal(
              value,
            );
          }
        },
      ),
    );
  });

  it("is what the kernel's own program takes", () => {
    const requests = readRecorded('tree-full.requests').trim().split('\n');
    const wanted = wantedOf(...requests.map((line) => withoutQuotes(line).replace('CONFIG_', '')));
    const lost = checkEffective(wanted, full, tree);
    expect(lost.flatMap(describeLost)).to.deep.equal([
      'VIRTIO_NET=y (f:17) did not take: it depends on VIRTIO, which is m; set CONFIG_VIRTIO_PCI=y',
      'NET_9P_VIRTIO=y (f:19) did not take: it depends on VIRTIO, which is m; set CONFIG_VIRTIO_PCI=y',
    ]);
  });
});

describe('a stock kernel', () => {
  const stock = configOf(readRecorded('debian-6.12.config'));

  it('satisfies what its own configuration has', () => {
    expect(satisfies(wantedOf('PSI=y', 'CPUSETS_V1=n', 'NO_SUCH=n'), stock)).to.deep.equal([]);
  });

  it('says what it lacks', () => {
    const lines = satisfies(wantedOf('CPUSETS_V1=y', 'PSI=n', 'CPUSET_V1=y'), stock).flatMap(
      describeLost,
    );
    expect(lines).to.deep.equal([
      'CPUSETS_V1=y (f:1) did not take: it is not set',
      'PSI=n (f:2) did not take: it is y',
      'CPUSET_V1=y (f:3) did not take: the configuration of Linux 6.12.117 does not have it; did you mean CPUSETS_V1?',
    ]);
  });
});
