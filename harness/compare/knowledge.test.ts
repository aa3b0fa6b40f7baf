import { expect } from 'chai';
import type { AgentMatch, AgentNeeds } from '../needs/agent-needs.ts';
import { createKnowledge } from './knowledge.ts';

const TEST = { file: 'cpu/quota.spec.ts', title: 'holds' };

/** An entry that says that all tests rest on one fact. */
function entry(feature: string, match: AgentMatch): AgentNeeds {
  const need = { feature, cgroups: ['v1'], without: 'fails', what: '', tests: ['**'], source: '' };
  return {
    name: feature,
    title: feature,
    match,
    needs: [need as AgentNeeds['needs'][number]],
    faults: [],
  };
}

const knowledge = createKnowledge(
  new Map(),
  [
    entry('v1/pids', { agents: ['mine'] }),
    entry('v1/cpu', { kind: 'reference', guard: 'on' }),
    entry('v1/cpuset', { kind: 'reference', guard: 'off' }),
    entry('v1/memory', { kind: 'kata' }),
  ],
  new Map([['guarded', 'on']]),
);

function factsBehind(agent: string, agentKind: string, cgroup: 'v1' | 'v2' = 'v1') {
  return knowledge.restsOn(TEST, { agent, agentKind, cgroup });
}

describe('what a test rests on', () => {
  it('is what the entry says that names its agent, and nothing that is said of its kind', () => {
    expect(factsBehind('mine', 'reference')).to.deep.equal(['v1/pids']);
  });

  it('is else what is said of its kind and guard, or of both guards if that is not known', () => {
    expect(factsBehind('guarded', 'reference')).to.deep.equal(['v1/cpu']);
    expect(factsBehind('gone', 'reference')).to.deep.equal(['v1/cpu', 'v1/cpuset']);
    expect(factsBehind('other', 'kata')).to.deep.equal(['v1/memory']);
  });

  it('is nothing in a mode of which nothing is said', () => {
    expect(factsBehind('other', 'kata', 'v2')).to.deep.equal([]);
  });
});
