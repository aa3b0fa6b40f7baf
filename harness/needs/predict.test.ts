import { expect } from 'chai';
import fc from 'fast-check';
import { BOOTS, type TestId } from '../events.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { VERDICTS } from '../verdict/verdict.ts';
import {
  createPredictor,
  findDisagreement,
  findNeeds,
  predictCell,
  predictTest,
} from './predict.ts';
import type { Prediction } from './prediction.ts';
import { everySymbol, projectFeatures, projectNeeds } from './testing/project-needs.ts';

const features = projectFeatures();
const agents = projectNeeds(features);

const QUOTA: TestId = { file: 'cpu/quota.spec.ts', title: 'CPU quota › reaches the kernel' };
const MEMORY: TestId = { file: 'memory/limit.spec.ts', title: 'memory limit › reaches the kernel' };
const EXIT: TestId = {
  file: 'lifecycle/container.spec.ts',
  title: 'container life cycle › runs a program and reports its exit code',
};
const PIDS: TestId = {
  file: 'pids/limit.spec.ts',
  title: 'pids limit › reaches the kernel when a container is created',
};

describe('what is predicted of a cell', () => {
  it('is that the unguarded agent panics without cpuset on v1, and that memory tests are skipped', () => {
    const prediction = predictOn612({ name: 'any', kind: 'reference', guard: 'off' });
    expect(prediction.needs).to.equal('reference-unguarded');
    const quota = predictTest(prediction, QUOTA);
    expect(quota).to.deep.include({ kind: 'bad', verdicts: ['agent-panic'] });
    expect(JSON.stringify(quota)).to.include('no v1/cpuset: CPUSETS_V1 is not set');
    expect(predictTest(prediction, MEMORY)).to.deep.include({ kind: 'skip' });
    expect(predictTest(prediction, EXIT)).to.deep.include({ kind: 'fine' });
  });

  it('is that all is fine with the guarded agent, whose refusals are right', () => {
    const prediction = predictOn612({ name: 'any', kind: 'reference', guard: 'on' });
    expect(predictTest(prediction, QUOTA)).to.deep.include({ kind: 'fine' });
    expect(predictTest(prediction, MEMORY)).to.deep.include({ kind: 'skip' });
  });

  it('is that no container starts with kata-agent, whose own faults say nothing about the kernel', () => {
    const prediction = predictOn612({ name: 'any', kind: 'kata' });
    expect(predictTest(prediction, EXIT)).to.deep.include({ kind: 'bad' });
    const pids = predictTest(prediction, PIDS);
    expect(findDisagreement(pids, 'fail')).to.equal(undefined);
    expect(findDisagreement(pids, 'pass')).to.deep.include({ predicted: 'agent-panic' });
  });

  it('is open where the configuration is not known', () => {
    const agent = findNeeds(agents, { name: 'any', kind: 'reference', guard: 'off' });
    if (agent === undefined) throw new Error('Expected the needs of the reference agent');
    const kernel = { release: '6.12.1', cmdline: '' };
    const prediction = predictCell(agent, { kernel, leaveUnmounted: [], cgroup: 'v1' }, features);
    for (const verdict of VERDICTS) {
      expect(findDisagreement(predictTest(prediction, QUOTA), verdict)).to.equal(undefined);
    }
  });

  it('is a failing boot of an agent that does not start, and nothing of the other tests', () => {
    const because = 'UNIX is not set';
    const lack = {
      feature: 'unix-sockets',
      without: 'does-not-start',
      because,
      tests: [],
    } as const;
    const prediction = { needs: 'x', lacks: [lack], skips: [], open: [], faults: [] };
    expect(predictTest(prediction, BOOTS)).to.deep.include({ kind: 'bad' });
    expect(predictTest(prediction, QUOTA)).to.deep.equal({ kind: 'open' });
  });
});

describe('an entry of the needs', () => {
  const [first] = agents;
  if (first === undefined) throw new Error('Expected needs');

  it('that names an agent beats one for its kind, and a user’s own comes first', () => {
    const named = { ...first, name: 'named', match: { agents: ['mine'] } };
    const own = { ...first, name: 'own', match: { kind: 'kata' as const } };
    const find = (name: string) => findNeeds([own, ...agents, named], { name, kind: 'kata' })?.name;
    expect(find('mine')).to.equal('named');
    expect(find('other')).to.equal('own');
  });

  it('without "for" is about no agent of a matrix', () => {
    const { match: _, ...unmatched } = first;
    expect(findNeeds([unmatched], { name: first.name, kind: 'kata' })).to.equal(undefined);
  });
});

describe('a disagreement', () => {
  it('is a bad result where all seemed fine, and a pass where trouble was predicted', () => {
    expect(findDisagreement({ kind: 'fine', mayFail: false }, 'agent-panic')).to.deep.equal({
      predicted: 'pass',
    });
    const because = 'no v1/cpuset: CPUSETS_V1 is not set';
    const bad = { kind: 'bad', verdicts: ['agent-panic'], because, mayFail: false } as const;
    expect(findDisagreement(bad, 'pass')).to.deep.equal({ predicted: 'agent-panic', because });
    expect(findDisagreement(bad, 'kernel-panic')).to.deep.include({ predicted: 'agent-panic' });
    expect(findDisagreement({ kind: 'skip', because }, 'pass')).to.deep.include({
      predicted: 'skip',
    });
  });

  it('is never what was not measured, nor what was predicted', () => {
    const pattern = fc.constantFrom('cpu/**', 'memory/**: *', '**', 'boots', 'pids/*: *kernel*');
    const lists = fc.array(pattern, { maxLength: 3 });
    const feature = fc.constant('v1/cpuset');
    const predictions: fc.Arbitrary<Prediction> = fc.record({
      needs: fc.constant('x'),
      lacks: fc.array(
        fc.record({
          feature,
          without: fc.constantFrom('panics', 'drops', 'does-not-start', 'falls-back', 'refuses'),
          because: fc.string(),
          tests: lists,
        }),
        { maxLength: 3 },
      ),
      skips: fc.array(fc.record({ feature, because: fc.string(), tests: lists }), { maxLength: 2 }),
      open: lists,
      faults: lists,
    });
    const tests = fc.constantFrom(QUOTA, MEMORY, EXIT, PIDS, BOOTS);
    const quick = createPredictor();
    fc.assert(
      fc.property(predictions, tests, fc.constantFrom(...VERDICTS), (prediction, test, verdict) => {
        const predicted = predictTest(prediction, test);
        expect(quick(prediction, test)).to.deep.equal(predicted);
        expect(findDisagreement(predicted, 'miss')).to.equal(undefined);
        const found = findDisagreement(predicted, verdict);
        if (found === undefined) return;
        expect(found.predicted).not.to.equal(verdict);
        expect(findDisagreement(predicted, found.predicted)).to.equal(undefined);
      }),
    );
  });
});

function predictOn612(agent: Parameters<typeof findNeeds>[1]): Prediction {
  const config: KernelConfig = {
    symbols: new Map<string, string | undefined>([
      ...everySymbol(features),
      ['CPUSETS_V1', undefined],
      ['MEMCG_V1', undefined],
    ]),
  };
  const needs = findNeeds(agents, agent);
  if (needs === undefined) throw new Error(`Expected the needs of ${agent.name}`);
  const kernel = { config, release: '6.12.117+deb12-cloud-amd64', cmdline: '' };
  return predictCell(needs, { kernel, leaveUnmounted: [], cgroup: 'v1' }, features);
}
