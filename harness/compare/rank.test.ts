import { expect } from 'chai';
import fc from 'fast-check';
import { compare } from './compare.ts';
import type { DifferenceGroup } from './comparison.ts';
import { createKnowledge, type Knowledge } from './knowledge.ts';
import { selectAxis } from './select-columns.ts';
import { made, makeRun } from './testing/made-run.ts';

const NOTHING_KNOWN = createKnowledge(new Map(), [], new Map());

/** A name that no controller and no planted symbol has. */
const symbolName = fc.stringMatching(/^[A-Z][A-Z0-9]{2,8}_[A-Z0-9]{1,8}$/);
const controller = fc.constantFrom('cpuset', 'memory', 'pids', 'freezer', 'hugetlb');

interface Planted {
  readonly controller: string;
  readonly symbol: string;
  readonly noise: readonly string[];
  /** Kernels with the better and with the worse result. */
  readonly good: number;
  readonly bad: number;
}

const planted = fc.record<Planted>({
  controller,
  symbol: symbolName.map((name) => `PLANTED_${name}`),
  noise: fc.uniqueArray(symbolName, { minLength: 100, maxLength: 400 }),
  good: fc.integer({ min: 1, max: 3 }),
  bad: fc.integer({ min: 1, max: 3 }),
});

/** Kernels on which a test passes or panics, with hundreds of symbols that differ as the results do. */
function compareKernels(
  plan: Planted,
  knowledge: Knowledge,
  withFacts: boolean,
  flaky?: number,
): DifferenceGroup {
  const cells = Array.from({ length: plan.good + plan.bad }, (_, index) => {
    const isBad = index >= plan.good;
    const symbols = new Map<string, string | undefined>([
      ...plan.noise.map((name) => [name, isBad ? 'y' : undefined] as const),
      ...(isBad ? [[plan.symbol, undefined] as const] : []),
    ]);
    return {
      kernel: `k${index}`,
      release: isBad ? `6.12.${index}` : `6.1.${index}`,
      tests: [isBad ? made('agent-panic', 'life cycle', 's2-1') : made('pass', 'life cycle')],
      symbols,
      ...(withFacts
        ? {
            facts: {
              [`v1/${plan.controller}`]: isBad && index !== flaky ? 'EINVAL' : 'ok',
              'v1/cpu': 'ok',
              hz: isBad ? '1000' : '250',
            },
          }
        : {}),
    };
  });
  const [group] = compare(selectAxis(makeRun(cells), 'kernel', []), { knowledge }).groups;
  if (group === undefined) throw new Error('Expected a difference');
  return group;
}

/** The table of needs says that the controller takes the symbol since 6.12. */
function knowledgeOf({
  controller: name,
  symbol,
}: Pick<Planted, 'controller' | 'symbol'>): Knowledge {
  const feature = {
    fact: `v1/${name}`,
    symbols: [{ symbol, values: ['y'], since: '6.12', note: 'split' }],
    removedBy: [],
    requires: [],
  };
  return createKnowledge(new Map([[feature.fact, feature]]), [], new Map());
}

describe('the ranking of reasons', () => {
  it('puts a planted cause first, among hundreds that separate as well, if facts and needs point to it', () => {
    fc.assert(
      fc.property(planted, (plan) => {
        const { reasons, isTold, others } = compareKernels(plan, knowledgeOf(plan), true);
        expect(reasons[0]?.key).to.equal(`v1/${plan.controller}`);
        expect(reasons[0]?.bad).to.deep.equal({ number: plan.bad, of: plan.bad });
        expect(reasons[0]?.good).to.deep.equal({ number: 0, of: plan.good });
        const [cause] = reasons[0]?.causes ?? [];
        expect(cause?.kind === 'symbol' && cause.symbol).to.equal(plan.symbol);
        expect(isTold).to.equal(true);
        expect(others.symbol).to.equal(plan.noise.length);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps it first if one of many cells fails for another reason', () => {
    const many = fc.record({ plan: planted, bad: fc.integer({ min: 12, max: 16 }) });
    fc.assert(
      fc.property(many, ({ plan: few, bad }) => {
        const plan = { ...few, bad };
        const { reasons } = compareKernels(plan, knowledgeOf(plan), true, plan.good);
        expect(reasons[0]?.key).to.equal(`v1/${plan.controller}`);
        expect(reasons[0]?.bad).to.deep.equal({ number: bad - 1, of: bad });
      }),
      { numRuns: 10 },
    );
  });

  it('finds it by the needs alone, if no guest was asked', () => {
    fc.assert(
      fc.property(planted, (plan) => {
        const { reasons } = compareKernels(plan, knowledgeOf(plan), false);
        expect(reasons[0]?.key).to.equal(plan.symbol);
        expect(reasons[0]?.basis).to.equal('needs');
      }),
      { numRuns: 25 },
    );
  });

  it('finds a boot parameter that a kernel was built with, if no guest came up', () => {
    const feature = {
      fact: 'v1/cpuset',
      symbols: [],
      removedBy: [{ name: 'cgroup_no_v1', words: ['all', 'cpuset'] }],
      requires: [],
    };
    const test = 'cpuset/pin.spec.ts: pins';
    const run = makeRun([
      { kernel: 'k1', tests: [made('pass', test)], symbols: new Map([['CPUSETS', 'y']]) },
      {
        kernel: 'k2',
        tests: [made('fail', test)],
        symbols: new Map([
          ['CPUSETS', 'y'],
          ['CMDLINE_BOOL', 'y'],
          ['CMDLINE', '"cgroup_no_v1=cpuset"'],
        ]),
      },
    ]);
    const knowledge = createKnowledge(new Map([[feature.fact, feature]]), [], new Map());
    const [group] = compare(selectAxis(run, 'kernel', []), { knowledge }).groups;
    expect(group?.reasons.map(({ key, basis }) => [key, basis])).to.deep.equal([
      ['cgroup_no_v1=cpuset', 'needs'],
    ]);
  });

  it('says that it cannot tell, if neither facts nor needs point to anything', () => {
    fc.assert(
      fc.property(planted, (plan) => {
        const { reasons, isTold, others, decide } = compareKernels(plan, NOTHING_KNOWN, false);
        expect(isTold).to.equal(false);
        expect(reasons).to.have.length(10);
        expect(reasons.every(({ basis }) => basis === 'separates')).to.equal(true);
        const left = Object.values(others).reduce((sum, number) => sum + (number ?? 0), 0);
        // The planted symbol and the release separate, too.
        expect(left + reasons.length).to.equal(plan.noise.length + 2);
        expect(decide?.text).to.be.a('string');
      }),
      { numRuns: 25 },
    );
  });

  it('tells offered and off from unknown, without which the symbol would not differ at all', () => {
    const cells = [
      { kernel: 'old', tests: [made('pass')], symbols: new Map([['CPUSETS', 'y']]) },
      {
        kernel: 'new',
        tests: [made('fail')],
        symbols: new Map<string, string | undefined>([
          ['CPUSETS', 'y'],
          ['CPUSETS_V1', undefined],
        ]),
      },
    ];
    const run = makeRun(cells);
    const { groups, config } = compare(selectAxis(run, 'kernel', []), { knowledge: NOTHING_KNOWN });
    expect(groups[0]?.reasons.map(({ text, states }) => [text, ...states])).to.deep.equal([
      ['CONFIG_CPUSETS_V1 is not set', '–', 'not set'],
    ]);
    expect(
      config.map(({ symbol, states }) => [symbol, ...states.map((one) => one?.kind)]),
    ).to.deep.equal([['CPUSETS_V1', 'unknown', 'off']]);
  });

  it('prefers the controller that the failing tests name', () => {
    const facts = (value: string) => ({ 'v1/cpuset': value, 'v1/memory': value, 'v1/pids': value });
    const run = makeRun([
      { kernel: 'k1', tests: [made('pass', 'memory/limit.spec.ts: holds')], facts: facts('ok') },
      {
        kernel: 'k2',
        tests: [made('fail', 'memory/limit.spec.ts: holds')],
        facts: facts('EINVAL'),
      },
    ]);
    const [group] = compare(selectAxis(run, 'kernel', []), { knowledge: NOTHING_KNOWN }).groups;
    expect(group?.reasons.map(({ key }) => key)).to.deep.equal(['v1/memory']);
    expect(group?.others).to.deep.equal({ fact: 2 });
  });

  it('does not blame every new file of the controller that the failing tests name', () => {
    const files = (...names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [`v1-file/${name}`, 'there']));
    const run = (title: string) =>
      makeRun([
        { kernel: 'k1', tests: [made('fail', title)], facts: { hz: '250' } },
        {
          kernel: 'k2',
          tests: [made('pass', title)],
          facts: { hz: '250', ...files('cpu.idle', 'cpu.stat.local') },
        },
      ]);
    const groupOf = (title: string) =>
      compare(selectAxis(run(title), 'kernel', []), { knowledge: NOTHING_KNOWN }).groups[0];
    expect(groupOf('cpu/quota.spec.ts: CPU quota: holds')?.isTold).to.equal(false);
    const named = groupOf('cpu/idle.spec.ts: cpu.idle: is written');
    expect(named?.reasons.map(({ key }) => key)).to.deep.equal(['v1-file/cpu.idle']);
    expect(named?.isTold).to.equal(true);
  });

  it('does not blame a controller that a failed assertion does not name', () => {
    const cell = (
      kernel: string,
      test: ReturnType<typeof made>,
      mount: string,
      states: string[],
    ) => ({
      kernel,
      release: '6.12.1',
      tests: [test],
      facts: { 'v1/misc': mount },
      symbols: new Map(states.map((symbol) => [symbol, 'y'])),
    });
    const isToldOf = (verdict: 'fail' | 'agent-panic') => {
      const run = makeRun([
        cell('k1', made(verdict, 'holds a container'), 'EINVAL', []),
        cell('k2', made('pass', 'holds a container'), 'ok', ['CGROUP_MISC']),
      ]);
      const knowledge = knowledgeOf({ controller: 'misc', symbol: 'CGROUP_MISC' });
      return compare(selectAxis(run, 'kernel', []), { knowledge }).groups[0]?.isTold;
    };
    expect(isToldOf('agent-panic')).to.equal(true);
    expect(isToldOf('fail')).to.equal(false);
  });

  it('looks past the columns: a third kernel refutes what two suggest', () => {
    const run = makeRun([
      { kernel: 'k1', tests: [made('pass')], bootParameters: ['quiet'], facts: { hz: '250' } },
      { kernel: 'k2', tests: [made('fail')], bootParameters: [], facts: { hz: '1000' } },
      { kernel: 'k3', tests: [made('pass')], bootParameters: [], facts: { hz: '250' } },
    ]);
    const [group] = compare(selectAxis(run, 'kernel', ['k1', 'k2']), {
      knowledge: NOTHING_KNOWN,
    }).groups;
    expect(group?.reasons.map(({ key, good }) => [key, good])).to.deep.equal([
      ['hz', { number: 0, of: 2 }],
    ]);
    expect(group?.isTold).to.equal(true);
  });

  it('leaves out what a controller that is missing takes with it', () => {
    const run = makeRun([
      {
        kernel: 'k1',
        tests: [made('pass', 'cpuset/pin.spec.ts: pins')],
        facts: { 'v1/cpuset': 'ok', 'v1-file/cpuset.cpus': 'there' },
        offered: ['cpuset'],
      },
      {
        kernel: 'k2',
        tests: [made('fail', 'cpuset/pin.spec.ts: pins')],
        facts: { 'v1/cpuset': 'EINVAL' },
        offered: [],
      },
    ]);
    const [group] = compare(selectAxis(run, 'kernel', []), { knowledge: NOTHING_KNOWN }).groups;
    expect(group?.reasons.map(({ key }) => key)).to.deep.equal(['v1/cpuset']);
    expect(group?.others).to.deep.equal({});
  });
});
