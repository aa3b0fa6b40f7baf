import { expect } from 'chai';
import { probedFacts } from '../testing/probed-facts.ts';
import { factColumns } from './fact-column.ts';
import { createFactSheet } from './fact-sheet.ts';

const WHOLE = { interrupted: false };
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const columns = factColumns(
  [
    {
      kernel: 'old',
      config: 'default',
      facts: { release: '6.1', cmdline: '', probed: digest('1') },
    },
    { kernel: 'old', config: 'none', facts: { release: '6.1', cmdline: 'x', probed: digest('2') } },
    {
      kernel: 'new',
      config: 'default',
      facts: { release: '7.3', cmdline: '', probed: digest('3') },
    },
  ],
  [
    {
      digest: digest('1'),
      ...probedFacts({ v1Mounts: { cpu: 'ok', cpuset: 'ok' }, disagreements: [], lsms: ['yama'] }),
    },
    {
      digest: digest('2'),
      ...probedFacts({ v1Mounts: { cpu: 'EINVAL', cpuset: 'ok' }, v2Enables: {}, lsms: ['yama'] }),
    },
    {
      digest: digest('3'),
      ...probedFacts({ lsms: ['yama', 'bpf'], warnings: ['x is deprecated'] }),
    },
  ],
);

describe('a sheet of facts', () => {
  const sheet = createFactSheet(columns, (fact, { name }) => [`${fact} of ${name}`], WHOLE);

  it('has a value for each column, and none where a kernel does not have the fact', () => {
    expect(sheet.v1).to.deep.equal([
      { fact: 'v1/cpu', values: ['ok', 'EINVAL', 'ok'] },
      { fact: 'v1/cpuset', values: ['ok', 'ok', 'EINVAL'] },
    ]);
    expect(sheet.v2[0]).to.deep.equal({ fact: 'v2/cpu', values: ['ok', undefined, 'ok'] });
  });

  it('leaves out security modules and namespaces that all kernels have', () => {
    const names = sheet.others.map(({ fact }) => fact);
    expect(names).to.include.members([
      'v1-named',
      'mount-option/favordynmods',
      'psi',
      'hz',
      'lsm/bpf',
    ]);
    expect(names).not.to.include.members(['lsm/yama', 'namespace/user']);
  });

  it('goes from kernel to kernel, then to other boot parameters, and explains what is lacking', () => {
    const steps = sheet.steps.map(({ from, to, changes }) => [
      `${from.name} → ${to.name}`,
      ...changes.map(({ fact, reasons }) => `${fact}: ${reasons}`),
    ]);
    expect(steps).to.deep.equal([
      ['old → new', 'v1/cpuset: v1/cpuset of new', 'lsm/bpf: lsm/bpf of old'],
      [
        'old → old +none',
        'v1/cpu: v1/cpu of old +none',
        'v2/cpu: v2/cpu of old +none',
        'v2/cpuset: v2/cpuset of old +none',
      ],
    ]);
  });

  it('compares a kernel with the nearest earlier one that was booted like it, or with none', () => {
    const stepsOf = (...guests: readonly (readonly [string, string, string])[]): string[] => {
      const cells = guests.map(([kernel, config, cmdline], at) => {
        const release = `6.${kernel.slice(1)}`;
        return { kernel, config, facts: { release, cmdline, probed: `${at}` } };
      });
      // A guest with `default` of each kernel was to come up.
      const planned = guests.map(([kernel]) => ({ kernel, config: 'default' }));
      const reported = guests.map((_, at) => ({ digest: `${at}`, ...probedFacts({ hz: at }) }));
      const { steps } = createFactSheet(
        factColumns([...cells, ...planned], reported),
        () => [],
        WHOLE,
      );
      return steps.map(({ from, to }) => `${from.name} → ${to.name}`);
    };
    const plain = (kernel: string) => [kernel, 'default', ''] as const;
    const none = (kernel: string) => [kernel, 'none', 'off'] as const;
    expect(stepsOf(plain('k1'), none('k2'), plain('k3'))).to.deep.equal(['k1 → k3']);
    expect(stepsOf(plain('k1'), none('k1'), none('k2'), plain('k3'))).to.deep.equal([
      'k1 +none → k2 +none',
      'k1 → k3',
      'k1 → k1 +none',
    ]);
    expect(stepsOf(none('k1'), plain('k2'))).to.deep.equal([]);
    expect(stepsOf(plain('k1'), ['k2', 'own', ''])).to.deep.equal(['k1 → k2 +own']);
  });

  it('says once in which columns a sentence was said', () => {
    const [said] = probedFacts().disagreements;
    expect(sheet.disagreements).to.deep.equal([{ text: said, columns: ['old +none', 'new'] }]);
    expect(sheet.warnings).to.deep.equal([{ text: 'x is deprecated', columns: ['new'] }]);
  });
});
