import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { z } from 'zod';
import { OUTSIDE_TESTS } from '../report/standing-results.ts';
import { adviceSchema } from './advice.ts';
import { advise } from './advise.ts';
import { createKnowledge } from './knowledge.ts';
import { type MadeCell, made, makeRun } from './testing/made-run.ts';

const PANIC = made('agent-panic', 'quota', 's2-1');
const PASS = made('pass', 'quota');
const knowledge = createKnowledge(new Map(), [], new Map());

function adviceFor(cells: readonly MadeCell[], matrix: readonly MadeCell[] = []) {
  const { agents } = advise(makeRun(cells), { knowledge, matrixCells: makeRun(matrix).cells });
  return agents;
}

describe('advice', () => {
  it('says nothing where nothing fails', () => {
    expect(adviceFor([{ tests: [PASS] }])).to.deep.equal([]);
  });

  it('is proven by a cell that differs in one thing and passes', () => {
    const [advice] = adviceFor([
      { cgroup: 'v1', tests: [PANIC, made('pass', 'other')] },
      {
        cgroup: 'v2',
        tests: [PASS, made('pass', 'other'), { key: OUTSIDE_TESTS, verdict: 'pass', why: '' }],
      },
    ]);
    expect(advice?.ways).to.deep.equal([
      {
        kind: 'cgroup',
        text: 'Use cgroup v2 with this kernel',
        proven: [{ cell: 'k+default+v1+a', by: 'k+default+v2+a', pass: 2, ran: 2 }],
        unproven: [],
      },
    ]);
  });

  it('is not proven by a cell in which anything fails, nor by one that only skips', () => {
    for (const other of [[PASS, made('fail', 'other')], [made('skip', 'quota')]]) {
      const [advice] = adviceFor([
        { cgroup: 'v1', tests: [PANIC] },
        { cgroup: 'v2', tests: other },
      ]);
      expect(advice?.ways.flatMap(({ proven }) => proven)).to.deep.equal([]);
    }
  });

  it('is not proven by the same cell on another machine', () => {
    const cells = [{ tests: [PANIC] }, { machine: 'qemu-10', tests: [PASS] }];
    expect(adviceFor(cells)[0]?.ways).to.deep.equal([]);
  });

  it('does not ask to run again what was run and skips', () => {
    const cells = (verdict: 'skip' | 'miss'): readonly MadeCell[] => [
      { cgroup: 'v1', tests: [PANIC] },
      { cgroup: 'v2', tests: [made(verdict, 'quota')] },
    ];
    expect(adviceFor(cells('skip'))[0]).to.deep.include({ ways: [], helpless: ['k+default+v1+a'] });
    expect(adviceFor(cells('miss'))[0]?.ways.map(({ unproven, command }) => [unproven, command]))
      .to //
      .deep.equal([[['k+default+v1+a'], ['run', '--profile', 'all', '--only', 'k+default+v2+a']]]);
  });

  it('names the boot parameter that a passing cell does without', () => {
    const [advice] = adviceFor([
      { config: 'off', tests: [PANIC], bootParameters: ['quiet', 'cgroup_disable=cpuset'] },
      { config: 'on', tests: [PASS], bootParameters: ['quiet'] },
    ]);
    expect(advice?.ways.map(({ kind, text }) => [kind, text])).to.deep.equal([
      ['boot-parameter', 'Boot without cgroup_disable=cpuset'],
    ]);
  });

  it('comes with the command that would prove it, where a cell was not run', () => {
    const [advice] = adviceFor([{ cgroup: 'v1', tests: [PANIC] }], [{ cgroup: 'v2', tests: [] }]);
    expect(advice?.ways).to.deep.equal([
      {
        kind: 'cgroup',
        text: 'Use cgroup v2 with this kernel',
        proven: [],
        unproven: ['k+default+v1+a'],
        command: ['run', '--profile', 'all', '--only', 'k+default+v2+a'],
      },
    ]);
  });

  it('knows which symbols are behind what the failing tests rest on', () => {
    const feature = {
      fact: 'v1/cpuset',
      symbols: [{ symbol: 'CPUSETS_V1', values: ['y'], since: '6.12' }],
      removedBy: [],
      requires: [],
      skips: { cgroups: ['v1' as const], tests: ['x.spec.ts'] },
    };
    const cell: MadeCell = {
      tests: [PANIC],
      release: '6.12.1',
      facts: { 'v1/cpuset': 'EINVAL' },
      symbols: new Map([['CPUSETS_V1', undefined]]),
    };
    const known = createKnowledge(new Map([[feature.fact, feature]]), [], new Map());
    const { agents } = advise(makeRun([cell]), { knowledge: known });
    const [way] = agents[0]?.ways ?? [];
    expect(way?.text).to.equal('Build the kernel with CONFIG_CPUSETS_V1=y');
    expect(way?.unproven).to.deep.equal(['k+default+v1+a']);

    const built: MadeCell = {
      ...cell,
      kernel: 'built',
      tests: [PASS],
      facts: { 'v1/cpuset': 'ok' },
      symbols: new Map([['CPUSETS_V1', 'y']]),
    };
    const proven = advise(makeRun([cell, built]), { knowledge: known }).agents[0]?.ways ?? [];
    expect(proven.map(({ kind, proven: by }) => [kind, by[0]?.by])).to.deep.equal([
      ['symbol', 'built+default+v1+a'],
      ['kernel', 'built+default+v1+a'],
    ]);
  });

  it('asks to run again what failed in one of many cells, for no known reason', () => {
    const kernels = ['k1', 'k2', 'k3', 'k4', 'k5'];
    const [advice] = adviceFor(
      kernels.map((kernel) => ({ kernel, tests: [kernel === 'k3' ? PANIC : PASS] })),
    );
    expect(advice?.ways.map(({ kind, unproven }) => [kind, unproven])).to.deep.equal([
      ['again', ['k3+default+v1+a']],
    ]);
  });

  it('does not hope for what the tables know to change nothing', () => {
    const feature = {
      fact: 'v1/cpuset',
      symbols: [{ symbol: 'CPUSETS', values: ['y'] }],
      removedBy: [{ name: 'cgroup_disable', words: ['cpuset'] }],
      requires: [],
      skips: { cgroups: ['v1' as const], tests: ['x.spec.ts'] },
    };
    const known = createKnowledge(new Map([[feature.fact, feature]]), [], new Map());
    const kindsFor = (cell: MadeCell): readonly string[] => {
      const lacking = { tests: [PANIC], release: '6.1.0', facts: { 'v1/cpuset': 'EINVAL' } };
      const matrix = [
        { config: 'plain', tests: [] },
        { kernel: 'other', config: 'off', tests: [] },
      ];
      const { agents } = advise(makeRun([{ config: 'off', ...lacking, ...cell }]), {
        knowledge: known,
        matrixCells: makeRun(matrix).cells,
      });
      return agents[0]?.ways.map(({ kind }) => kind) ?? [];
    };
    const symbols = (value?: string) => new Map([['CPUSETS', value]]);
    const disabled = ['cgroup_disable=cpuset'];
    expect(kindsFor({ tests: [PANIC], symbols: symbols('y'), bootParameters: disabled }))
      .to //
      .deep.equal(['config']);
    expect(kindsFor({ tests: [PANIC], symbols: symbols(), bootParameters: [] }))
      .to //
      .deep.equal(['symbol', 'kernel']);
  });

  it('admits that nothing is known to help', () => {
    const [advice] = adviceFor([{ tests: [PANIC] }]);
    expect(advice?.helpless).to.deep.equal(['k+default+v1+a']);
  });

  it('groups failures by cause, with the cells in few words', () => {
    const cells = ['k1', 'k2'].flatMap((kernel) =>
      (['v1', 'hybrid', 'v2'] as const).map((cgroup) => ({
        kernel,
        cgroup,
        tests: [cgroup === 'v2' ? PASS : PANIC],
      })),
    );
    const [advice] = adviceFor(cells);
    expect(advice?.impacts.map(({ cells: number, where }) => [number, where])).to.deep.equal([
      [4, [{ kernel: ['k1', 'k2'], config: ['default'], cgroup: ['v1', 'hybrid'] }]],
    ]);
  });
});

describe('the form of advice', () => {
  const advice = advise(
    makeRun([
      { cgroup: 'v1', tests: [PANIC], facts: { 'v1/cpuset': 'EINVAL' } },
      { cgroup: 'v2', tests: [PASS] },
    ]),
    { knowledge },
  );

  it('is that of docs/advice.schema.json, which other programs check it by', () => {
    const file = new URL('../../docs/advice.schema.json', import.meta.url);
    const current = z.toJSONSchema(adviceSchema);
    if (process.env.KMX_UPDATE) writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(current).to.deep.equal(schema);
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(advice), JSON.stringify(validate.errors)).to.equal(true);
    expect(adviceSchema.parse(JSON.parse(JSON.stringify(advice)))).to.deep.equal(advice);
  });
});
