import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { z } from 'zod';
import { projectFeatures, projectNeeds } from '../needs/testing/project-needs.ts';
import { OUTSIDE_TESTS } from '../report/standing-results.ts';
import { compare } from './compare.ts';
import { comparisonSchema } from './comparison.ts';
import { createKnowledge } from './knowledge.ts';
import { selectAxis, selectRuns } from './select-columns.ts';
import { made, makeRun } from './testing/made-run.ts';

const knowledge = createKnowledge(new Map(), [], new Map());
const PANIC = made('agent-panic', 'quota', 's2-1');

function kernels(...results: readonly (readonly ReturnType<typeof made>[])[]) {
  const cells = results.map((tests, index) => ({ kernel: `k${index + 1}`, tests }));
  return compare(selectAxis(makeRun(cells), 'kernel', []), { knowledge });
}

describe('a comparison of cells', () => {
  it('says nothing where all is the same', () => {
    const { groups, tests } = kernels([made('pass')], [made('pass')]);
    expect(groups).to.deep.equal([]);
    expect(tests).to.deep.equal({ compared: 1, same: 1, alone: 0, differing: {} });
  });

  it('tells how a test changed by what it was before', () => {
    const other = made('agent-panic', 'quota', 's2-2');
    const pass = made('pass', 'quota');
    const changeOf = (...pair: readonly [typeof PANIC, typeof PANIC]) =>
      kernels(...pair.map((test) => [test])).groups.map(({ change }) => change);
    expect(changeOf(pass, PANIC)).to.deep.equal(['regression']);
    expect(changeOf(PANIC, pass)).to.deep.equal(['improvement']);
    expect(changeOf(PANIC, other)).to.deep.equal(['changed']);
    expect(changeOf(pass, made('skip', 'quota'))).to.deep.equal(['not-comparable']);
    expect(changeOf(made('miss', 'quota'), PANIC)).to.deep.equal(['not-comparable']);
    expect(changeOf(PANIC, PANIC)).to.deep.equal([]);
  });

  it('compares facts with a config of which all columns have some', () => {
    const cell = (kernel: string, config: string, hz?: string) => ({
      kernel,
      config,
      tests: [made('pass')],
      ...(hz === undefined ? {} : { facts: { hz } }),
    });
    const run = makeRun([
      cell('k1', 'default', '100'),
      cell('k2', 'default'),
      cell('k1', 'quiet', '100'),
      cell('k2', 'quiet', '250'),
    ]);
    const { facts, factsConfig } = compare(selectAxis(run, 'kernel', []), { knowledge });
    expect(factsConfig).to.equal('quiet');
    expect(facts).to.deep.equal([{ fact: 'hz', values: ['100', '250'] }]);
  });

  it('puts the symbols first in which two builds of a kernel differ', () => {
    const features = projectFeatures();
    const own = createKnowledge(features, projectNeeds(features), new Map());
    const build = (config: string, value: string | undefined) => {
      const isOn = value === 'y';
      const mounts = isOn ? 'ok' : 'EINVAL';
      return {
        ...{ kernel: 'own', config, release: '6.12.117', bootParameters: ['quiet'] },
        facts: { 'v1/cpu': 'ok', 'v1/cpuset': mounts, 'v1/memory': mounts },
        symbols: new Map([
          ...[['CPUSETS', 'y'] as const, ['MEMCG', 'y'] as const],
          ...[['CPUSETS_V1', value] as const, ['MEMCG_V1', value] as const],
          ...(isOn ? [['PAGE_COUNTER_V1', 'y'] as const] : []),
        ]),
        tests: isOn
          ? [made('pass', 'quota'), made('pass', 'memory')]
          : [PANIC, made('agent-panic', 'memory', 's2-3')],
      };
    };
    const run = makeRun([build('v1-off', undefined), build('v1-on', 'y')]);
    const { groups, config } = compare(selectAxis(run, 'config', []), { knowledge: own });
    const symbols = groups.flatMap(({ reasons }) =>
      reasons
        .slice(0, 2)
        .flatMap(({ kind, key, causes }) => [
          ...(kind === 'symbol' ? [key] : []),
          ...causes.flatMap((cause) => (cause.kind === 'symbol' ? [cause.symbol] : [])),
        ]),
    );
    expect(new Set(symbols)).to.deep.equal(new Set(['CPUSETS_V1', 'MEMCG_V1']));
    expect(config.map(({ symbol }) => symbol)).to.include.members(['CPUSETS_V1', 'MEMCG_V1']);
  });

  it('groups tests that differ in the same way, the gravest first', () => {
    const { groups } = kernels(
      [made('pass', 'quota'), made('pass', 'shares'), made('fail', 'freezer', 's2-3')],
      [PANIC, made('agent-panic', 'shares', 's2-1'), made('pass', 'freezer')],
    );
    expect(groups.map(({ change, tests }) => [change, tests])).to.deep.equal([
      ['regression', 2],
      ['improvement', 1],
    ]);
    expect(groups[0]?.places[0]?.tests.map(({ title }) => title)).to.deep.equal([
      'quota',
      'shares',
    ]);
    expect(groups[0]?.places[0]?.cells).to.deep.equal(['k1+default+v1+a', 'k2+default+v1+a']);
  });

  it('counts what only one column has, and does not call it a difference', () => {
    const { groups, tests } = kernels([made('pass'), PANIC], [made('pass')]);
    expect(groups).to.deep.equal([]);
    expect(tests.alone).to.equal(1);
  });

  it('counts what stands for crashes outside of tests only where there is one', () => {
    const calm = { key: OUTSIDE_TESTS, verdict: 'pass', why: '' } as const;
    const crash = { ...calm, verdict: 'kernel-oops', signature: 's2-4', why: 'oops' } as const;
    expect(kernels([made('pass'), calm], [made('pass'), calm]).tests.compared).to.equal(1);
    const { tests, groups } = kernels([made('pass'), calm], [made('pass'), crash]);
    expect(tests).to.deep.equal({ compared: 2, same: 1, alone: 0, differing: { regression: 1 } });
    expect(groups.map(({ title }) => title)).to.deep.equal(['oops']);
  });

  it('compares with the first column that has the test', () => {
    const [group] = kernels([], [made('pass', 'quota')], [PANIC]).groups;
    expect(group?.changes).to.deep.equal([null, null, 'regression']);
    expect(group?.outcomes[0]).to.deep.equal({ kind: 'absent' });
  });
});

describe('a comparison of runs', () => {
  const runs = (before: Parameters<typeof makeRun>[0], after: Parameters<typeof makeRun>[0]) =>
    compare(selectRuns([makeRun(before, 'one'), makeRun(after, 'two')], []), { knowledge });

  it('tells what appeared and what vanished', () => {
    const { groups } = runs([{ tests: [made('pass', 'old')] }], [{ tests: [made('pass', 'new')] }]);
    expect(groups.map(({ change }) => change)).to.deep.equal(['appeared', 'vanished']);
  });

  it('names the build of the agent, if nothing else has changed', () => {
    const { groups } = runs(
      [{ tests: [made('pass', 'quota')], builds: { agent: 'sha256:1', kmx: 'sha256:3' } }],
      [{ tests: [PANIC], builds: { agent: 'sha256:2', kmx: 'sha256:3' } }],
    );
    expect(groups[0]?.reasons.map(({ kind, states }) => [kind, ...states])).to.deep.equal([
      ['agent-build', 'sha256:1', 'sha256:2'],
    ]);
    expect(groups[0]?.isTold).to.equal(true);
  });

  it('cannot tell whether the agent or a boot parameter is to blame', () => {
    const { groups } = runs(
      [{ tests: [made('pass', 'quota')], builds: { agent: '1' }, bootParameters: ['quiet'] }],
      [{ tests: [PANIC], builds: { agent: '2' }, bootParameters: [] }],
    );
    expect(groups[0]?.isTold).to.equal(false);
    expect(groups[0]?.reasons.map(({ text }) => text)).to.deep.equal([
      'agent build 2',
      'no boot parameter quiet',
    ]);
  });
});

describe('the form of a comparison', () => {
  const comparison = compare(
    selectAxis(
      makeRun([
        { kernel: 'k1', tests: [made('pass', 'quota')], facts: { 'v1/cpuset': 'ok' } },
        { kernel: 'k2', tests: [PANIC], facts: { 'v1/cpuset': 'EINVAL' }, release: '6.12' },
      ]),
      'kernel',
      [],
    ),
    { knowledge, withSame: true, isAll: true },
  );

  it('is what its schema promises', () => {
    expect(comparisonSchema.parse(JSON.parse(JSON.stringify(comparison)))).to.deep.equal(
      comparison,
    );
  });

  it('is that of docs/comparison.schema.json, which other programs check it by', () => {
    const file = new URL('../../docs/comparison.schema.json', import.meta.url);
    const current = z.toJSONSchema(comparisonSchema);
    if (process.env.KMX_UPDATE) writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(current).to.deep.equal(schema);
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(comparison), JSON.stringify(validate.errors)).to.equal(true);
  });
});
