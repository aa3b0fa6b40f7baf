import { expect } from 'chai';
import { findNeeds } from '../../needs/predict.ts';
import { suspectsOf } from '../../needs/suspects.ts';
import { loadNeeds } from '../load-needs.ts';

const { features, agents } = loadNeeds();
const unguarded = findNeeds(agents, { name: 'mine', kind: 'reference', guard: 'off' });

function firstOf(file: string, among: readonly string[], agent = unguarded): string | undefined {
  const test = { file, title: 'a limit › is in the cgroup' };
  const place = { cgroup: 'v1', test, ...(agent === undefined ? {} : { agent }) } as const;
  return suspectsOf(place, features).find((symbol) => among.includes(symbol));
}

describe('suspectsOf', () => {
  it('has the symbol of the controller first that the agent looks up for the test', () => {
    const both = ['MEMCG_V1', 'CPUSETS_V1'];
    expect(firstOf('cpu/quota.spec.ts', both)).to.equal('CPUSETS_V1');
    expect(firstOf('memory/limit.spec.ts', both)).to.equal('MEMCG_V1');
  });

  it('goes by what the test asks for if nothing is known of the agent', () => {
    const test = { file: 'pids/limit.spec.ts', title: 'x' };
    expect(suspectsOf({ cgroup: 'v1', test }, features)).to.include('CGROUP_PIDS');
  });
});
