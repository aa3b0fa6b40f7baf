import { expect } from 'chai';
import fc from 'fast-check';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import type { Comparison, DifferenceGroup } from '../../compare/comparison.ts';
import { renderBlocks } from './blocks.ts';
import { renderComparisonMarkdown } from './markdown.ts';
import { renderComparison } from './terminal.ts';

const options = {
  colors: picocolors.createColors(false),
  width: 80,
  isAll: false,
  command: (words: readonly string[]) => ['kmx', ...words].join(' '),
};

const GROUP: DifferenceGroup = {
  change: 'regression',
  changes: [null, 'regression'],
  outcomes: [
    { kind: 'verdict', verdict: 'pass' },
    { kind: 'verdict', verdict: 'agent-panic', signature: 's2-a93cd73b0867' },
  ],
  title: 'called Option::unwrap() on a None value',
  tests: 2,
  places: [
    {
      where: 'default+v1+unguarded',
      cells: ['debian-6.1+default+v1+unguarded', 'debian-6.12+default+v1+unguarded'],
      tests: [
        { file: 'cpu/quota.spec.ts', title: 'CPU quota › reaches the kernel' },
        { file: 'cpu/shares.spec.ts', title: 'CPU shares › divide the CPUs' },
      ],
    },
  ],
  reasons: [
    {
      kind: 'fact',
      key: 'v1/cpuset',
      text: 'v1 cpuset cannot be mounted (EINVAL)',
      basis: 'tried',
      states: ['ok', 'EINVAL'],
      bad: { number: 8, of: 8 },
      good: { number: 0, of: 4 },
      causes: [
        {
          kind: 'symbol',
          symbol: 'CPUSETS_V1',
          state: { kind: 'off' },
          states: [{ kind: 'unknown' }, { kind: 'off' }],
          note: 'split from CPUSETS in 6.12',
        },
      ],
    },
  ],
  isTold: true,
  others: { symbol: 556 },
};

const COMPARISON: Comparison = {
  version: 1,
  axes: ['kernel'],
  columns: [
    { name: 'debian-6.1', cells: 1, releases: ['6.1.0'] },
    { name: 'debian-6.12', cells: 1, releases: ['6.12.117'] },
  ],
  tests: { compared: 10, same: 8, alone: 0, differing: { regression: 2 } },
  groups: [GROUP],
  facts: [{ fact: 'v1/cpuset', values: ['ok', 'EINVAL'] }],
  config: [
    {
      symbol: 'CPUSETS_V1',
      menu: ['General setup'],
      states: [{ kind: 'unknown' }, { kind: 'off' }],
    },
  ],
  missing: ['the run has no events.jsonl'],
};

const BY_MACHINE: NonNullable<Comparison['byMachine']> = [
  {
    release: '6.18.44\u202e',
    where: 'default+hybrid+guarded',
    cells: ['own+default+hybrid+guarded', 'host+default+hybrid+guarded'],
    machines: ['qemu', 'container'],
    verdicts: ['pass', 'fail'],
    tests: [{ file: 'cpu/quota.spec.ts', title: 'reaches' }],
  },
];

describe('a comparison of machines', () => {
  it('says where the harness is to be looked at first, for whoever reads it', () => {
    const comparison = { ...COMPARISON, byMachine: BY_MACHINE };
    const line = 'pass on qemu and fail on container: cpu/quota.spec.ts: reaches';
    const shown = renderComparison(comparison, options);
    expect(shown).to.contain('other results: look at the harness first\n').and.contain(line);
    expect(shown).not.to.contain('\u202e');
    const markdown = renderComparisonMarkdown(comparison, { isAll: false });
    expect(markdown).to.contain('other results: look at the harness first\n').and.contain(line);
    expect(renderComparison(COMPARISON, options)).not.to.contain('look at the harness');
  });
});

describe('a comparison in a terminal', () => {
  it('says what differs, then why, with what stands for and against it', () => {
    expect(renderComparison(COMPARISON, options)).to.equal(`\
2 regressions, 8 the same, of 10 tests compared
         debian-6.1  debian-6.12
release  6.1.0       6.12.117
cells    1           1

1  regression  called Option::unwrap() on a None value  s2-a93cd73b0867
   2 tests in default+v1+unguarded
     cpu/quota.spec.ts: CPU quota: reaches the kernel
     cpu/shares.spec.ts: CPU shares: divide the CPUs
                      debian-6.1  debian-6.12
   result             pass        agent-panic
   v1/cpuset          ok          EINVAL
   CONFIG_CPUSETS_V1  –           not set
   why
     v1 cpuset cannot be mounted (EINVAL): 8 of 8 cells that panic, 0 of 4 that pass
       behind it: CONFIG_CPUSETS_V1 is not set: split from CPUSETS in 6.12
     556 other symbols separate as well (--all lists them)

1 fact differs
              debian-6.1  debian-6.12
   v1/cpuset  ok          EINVAL

1 symbol of the kernel configs differs
                      debian-6.1  debian-6.12
   General setup
   CONFIG_CPUSETS_V1  –           not set

not compared: the run has no events.jsonl
`);
  });

  it('lists the symbols of cgroups, in Markdown too, and says so if none differs', () => {
    const state = { kind: 'off' } as const;
    const row = (symbol: string, ...menu: readonly string[]) => ({
      symbol,
      menu,
      states: [state, { kind: 'unknown' } as const],
    });
    const config = [row('GCC_VERSION'), row('GROUP_SCHED_WEIGHT', 'General setup')];
    const comparison = { ...COMPARISON, axes: [], groups: [], facts: [], config };
    for (const text of [
      renderComparison(comparison, options),
      renderComparisonMarkdown(comparison, { isAll: false }).replaceAll('\\', ''),
    ]) {
      expect(text).to.contain('CONFIG_GROUP_SCHED_WEIGHT').and.not.to.contain('GCC_VERSION');
      expect(text).to.contain('… and 1 more (--all lists them)');
    }
    const tests = { compared: 0, same: 0, alone: 0, differing: {} };
    const same = { ...comparison, tests, config: [] };
    expect(renderComparison(same, options)).to.match(/^0 symbols differ/);
  });

  it('admits that it cannot tell, and says what would', () => {
    const command = ['run', '--only', 'debian-6.18'];
    const group = { ...GROUP, isTold: false, decide: { text: 'a cell was not run', command } };
    const text = renderComparison({ ...COMPARISON, groups: [group] }, options);
    expect(text).to.include('why: cannot tell; these differ where the results do');
    expect(text).to.include('a cell was not run\n       kmx run --only debian-6.18');
    const markdown = renderComparisonMarkdown({ ...COMPARISON, groups: [group] }, { isAll: false });
    expect(markdown).to.include('a cell was not run: kmx run --only debian-6.18');
  });

  it('counts one and many in Markdown, too', () => {
    const markdown = renderComparisonMarkdown(COMPARISON, { isAll: false });
    expect(markdown).to.include('#### 1 fact differs');
    expect(markdown).to.include('#### 1 symbol of the kernel configs differs');
  });

  it('lets nothing through that a guest could do to a terminal or to Markdown', () => {
    const hostile = '\u001b[31m<img src=x>|`*\u202e\r\n';
    const group = {
      ...GROUP,
      title: hostile,
      places: [
        { where: hostile, cells: [hostile, null], tests: [{ file: hostile, title: hostile }] },
      ],
      reasons: GROUP.reasons.map((reason) => ({
        ...reason,
        text: hostile,
        key: hostile,
        states: [hostile, null],
      })),
    };
    const comparison: Comparison = {
      ...COMPARISON,
      columns: COMPARISON.columns.map((column) => ({
        ...column,
        name: hostile,
        releases: [hostile],
      })),
      groups: [group],
      facts: [{ fact: hostile, values: [hostile, null] }],
      config: [
        { symbol: hostile, menu: [hostile], states: [{ kind: 'value', value: hostile }, null] },
      ],
      missing: [hostile],
    };
    for (const text of [
      renderComparison(comparison, options),
      renderComparisonMarkdown(comparison, { isAll: true }),
    ]) {
      for (const character of '\u001b\u202e\r') expect(text).not.to.include(character);
    }
    expect(renderComparisonMarkdown(comparison, { isAll: true })).not.to.match(/[^\\]<img/);
  });
});

describe('columns side by side', () => {
  const name = fc.stringMatching(/^[a-z0-9.+-]{1,30}$/);
  const table = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }))
    .chain(([columns, rows]) =>
      fc.array(fc.array(name, { minLength: columns + 1, maxLength: columns + 1 }), {
        minLength: rows,
        maxLength: rows,
      }),
    );

  it('become blocks that fit, and keep every cell in its row', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 70, max: 200 }), (rows, width) => {
        const lines = renderBlocks(rows, { width, indent: '   ' });
        for (const line of lines) expect(stringWidth(line)).to.be.at.most(width);
        const blocks = lines
          .join('\n')
          .split('\n\n')
          .map((block) => block.split('\n'));
        for (const [index, [own = '', ...cells]] of rows.entries()) {
          const shown = blocks.map((block) => (block[index] ?? '').trim().split(/ +/));
          for (const words of shown) expect(words[0]).to.equal(own);
          expect(shown.flatMap((words) => words.slice(1))).to.deep.equal(cells);
        }
      }),
      { numRuns: 50 },
    );
  });
});
