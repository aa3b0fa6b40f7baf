import type { Comparison, ConfigRow, Reason } from '../../compare/comparison.ts';

const CPUSET: Reason = {
  kind: 'fact',
  key: 'v1/cpuset',
  text: 'v1 cpuset cannot be mounted (EINVAL)',
  basis: 'tried',
  states: ['ok', 'EINVAL'],
  bad: { number: 4, of: 4 },
  good: { number: 0, of: 4 },
  causes: [
    {
      kind: 'symbol',
      symbol: 'CPUSETS_V1',
      states: [{ kind: 'unknown' }, { kind: 'off' }],
      note: 'split from CPUSETS in 6.12',
    },
    { kind: 'boot-parameter', parameter: 'cgroup_no_v1=cpuset' },
    { kind: 'version', since: '2.6.24', until: '7.3' },
  ],
};

const CGROUPS = ['General setup', 'Control Group support'];

/** What a comparison of two kernels may say, with every kind of part in it. */
export function createSampleComparison(): Comparison {
  return {
    version: 1,
    axes: ['kernel'],
    columns: [
      {
        name: 'debian-6.1',
        run: '20261129-003158-f9bf',
        folder: 'reports/20261129-003158-f9bf',
        cells: 4,
        releases: ['6.1.0-53-cloud-amd64'],
        config: {
          name: 'debian-6.1',
          digest: `sha256:${'5e'.repeat(32)}`,
          version: '6.1.180',
          compiler: 'gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0',
        },
      },
      {
        name: 'debian-6.12',
        run: '20261129-003158-f9bf',
        folder: 'reports/20261129-003158-f9bf',
        cells: 4,
        releases: ['6.12.12+bpo-cloud-amd64'],
      },
    ],
    tests: {
      compared: 42,
      same: 33,
      alone: 3,
      differing: { regression: 6, improvement: 1, appeared: 2 },
    },
    groups: [
      {
        change: 'regression',
        changes: [null, 'regression'],
        outcomes: [
          { kind: 'verdict', verdict: 'pass' },
          { kind: 'verdict', verdict: 'agent-panic', signature: 's2-3344fd340255' },
        ],
        title: 'called `Option::unwrap()` on a `None` value at cgroups/src/fs/mod.rs:443',
        tests: 6,
        places: [
          {
            where: 'default+v1+unguarded',
            cells: ['debian-6.1+default+v1+unguarded', 'debian-6.12+default+v1+unguarded'],
            tests: [
              { file: 'cpuset/pinning.spec.ts', title: 'cpuset pins a container to a CPU' },
              { file: 'boots', title: 'boots' },
            ],
          },
          {
            where: 'default+hybrid+unguarded',
            cells: ['debian-6.1+default+hybrid+unguarded', null],
            tests: ['one', 'two', 'three', 'four', 'five'].map((title) => ({
              file: 'cpu/shares.spec.ts',
              title: `CPU shares: ${title}`,
            })),
          },
        ],
        reasons: [
          CPUSET,
          {
            kind: 'symbol',
            key: 'MEMCG_V1',
            text: 'MEMCG_V1 is not set',
            basis: 'needs',
            states: ['–', 'not set'],
            bad: { number: 4, of: 4 },
            good: { number: 0, of: 4 },
            causes: [],
          },
        ],
        isTold: true,
        others: { symbol: 376, 'kernel-release': 1 },
        decide: {
          text: 'To decide between them:',
          command: ['bisect', 'config', 'debian-6.1', 'debian-6.12'],
        },
      },
      {
        change: 'appeared',
        changes: [null, 'appeared'],
        outcomes: [{ kind: 'absent' }, { kind: 'verdict', verdict: 'skip' }],
        title: 'skipped: needs v1 cpuset',
        tests: 2,
        places: [
          {
            where: '',
            cells: [null, 'debian-6.12+default+v2+guarded'],
            tests: [{ file: 'memory/peak.spec.ts', title: 'memory.peak is reset' }],
          },
        ],
        reasons: [],
        isTold: false,
        others: {},
      },
    ],
    same: [
      {
        outcome: { kind: 'verdict', verdict: 'pass' },
        places: [
          {
            where: 'default+v2+guarded',
            cells: ['debian-6.1+default+v2+guarded', 'debian-6.12+default+v2+guarded'],
            tests: [{ file: 'pids/limit.spec.ts', title: 'pids.max stops a fork bomb' }],
          },
        ],
      },
    ],
    facts: [
      { fact: 'v1/cpuset', values: ['ok', 'EINVAL'] },
      { fact: 'v2-file/memory.swap.peak', values: [null, 'there'] },
      { fact: 'hz', values: ['250', '1000'] },
    ],
    config: [
      symbolRow('INTEL_IDLE', ['Power management and ACPI options', 'CPU Idle'], 'y', undefined),
      symbolRow('CPUSETS_V1', CGROUPS, null, undefined),
      symbolRow('MEMCG_KMEM', CGROUPS, 'y', null),
      symbolRow('LOCALVERSION', ['General setup'], '""', '"-cloud"'),
      { symbol: 'NEVER_SEEN', menu: [], states: [null, { kind: 'value', value: 'm' }] },
    ],
    byMachine: [
      {
        release: '6.18.44',
        where: 'default+hybrid+guarded',
        cells: ['own-6.18+default+hybrid+guarded', 'host+default+hybrid+guarded'],
        machines: ['qemu', 'container'],
        verdicts: ['pass', 'fail'],
        tests: [{ file: 'cpu/quota.spec.ts', title: 'CPU quota: reaches the kernel' }],
      },
    ],
    missing: ['The facts of debian-6.1+default+v1+guarded are not known: its guest did not boot.'],
  };
}

/** Undefined: offered and off; null: unknown to the kernel. */
function symbolRow(
  symbol: string,
  menu: readonly string[],
  ...values: readonly (string | undefined | null)[]
): ConfigRow {
  const states = values.map((value) => {
    if (value === null) return { kind: 'unknown' } as const;
    return value === undefined ? ({ kind: 'off' } as const) : ({ kind: 'value', value } as const);
  });
  return { symbol, menu: [...menu], states };
}

/** The same with more columns, each of them like the last. */
export function widen(comparison: Comparison, columns: number): Comparison {
  const more = <T>(values: readonly T[]): T[] => {
    const last = values.at(-1);
    const added = Array.from({ length: columns - values.length }, () => last);
    return [...values, ...added.filter((value) => value !== undefined)];
  };
  return {
    ...comparison,
    columns: more(comparison.columns).map((column, index) =>
      index < comparison.columns.length ? column : { ...column, name: `column ${index + 1}` },
    ),
    groups: comparison.groups.map((group) => ({
      ...group,
      changes: more(group.changes),
      outcomes: more(group.outcomes),
      places: group.places.map((place) => ({ ...place, cells: more(place.cells) })),
      reasons: group.reasons.map((reason) => ({ ...reason, states: more(reason.states) })),
    })),
    ...(comparison.same === undefined
      ? {}
      : {
          same: comparison.same.map(({ outcome, places }) => ({
            outcome,
            places: places.map((place) => ({ ...place, cells: more(place.cells) })),
          })),
        }),
    facts: comparison.facts.map((row) => ({ ...row, values: more(row.values) })),
    config: comparison.config.map((row) => ({ ...row, states: more(row.states) })),
  };
}
