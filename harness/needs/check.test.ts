import { expect } from 'chai';
import fc from 'fast-check';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { CGROUP_MODES, type CgroupMode } from '../matrix/cell.ts';
import type { AgentNeeds } from './agent-needs.ts';
import { checkAgent, fixesFor, modesOf, type Setup } from './check.ts';
import type { HostControllers } from './host-controllers.ts';
import { everySymbol, projectFeatures, projectNeeds } from './testing/project-needs.ts';
import { describeFix, describeReason } from './words.ts';

const features = projectFeatures();
const agents = projectNeeds(features);

const EVERYTHING = everySymbol(features);

const RELEASE = '7.3.4+deb13-cloud-amd64';

function setupWith(
  cgroup: CgroupMode,
  changes: Readonly<Record<string, string | undefined>> = {},
  cmdline = '',
): Setup {
  const config: KernelConfig = { symbols: new Map([...EVERYTHING, ...Object.entries(changes)]) };
  return { kernel: { config, release: RELEASE, cmdline }, leaveUnmounted: [], cgroup };
}

function agentNamed(name: string): AgentNeeds {
  const found = agents.find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`Expected the needs of ${name}`);
  return found;
}

function lacksOf(name: string, setup: Setup): readonly string[] {
  const { needs } = checkAgent(agentNamed(name), setup, features);
  const lacking = needs.filter(({ state }) => state.kind === 'lacking');
  return [...new Set(lacking.map(({ need }) => need.feature))];
}

describe('checking an agent on a kernel', () => {
  it('finds nothing missing in any mode where a kernel has everything', () => {
    for (const agent of agents) {
      for (const mode of modesOf(agent)) {
        const { verdict } = checkAgent(agent, setupWith(mode), features);
        expect(verdict, `${agent.name} ${mode}`).to.equal('works');
      }
    }
  });

  it('finds cpuset and memory missing on v1, and not on v2, where 6.12 has their v1 parts off', () => {
    const off = { CPUSETS_V1: undefined, MEMCG_V1: undefined };
    const missing = ['v1/cpuset', 'v1/memory'];
    for (const mode of ['v1', 'hybrid'] as const) {
      expect(lacksOf('kata', setupWith(mode, off))).to.include.members(missing);
      expect(lacksOf('reference-guarded', setupWith(mode, off))).to.have.members(missing);
    }
    expect(lacksOf('kata', setupWith('v2', off))).to.deep.equal([]);
  });

  it('names a boot parameter and the hierarchy that is left unmounted beside a symbol', () => {
    const setup = { ...setupWith('v1', {}, 'cgroup_disable=pids'), leaveUnmounted: ['pids'] };
    const { needs } = checkAgent(agentNamed('reference-unguarded'), setup, features);
    const pids = needs.find(({ need }) => need.feature === 'v1/pids');
    if (pids?.state.kind !== 'lacking') throw new Error('Expected pids to be missing');
    const { reasons } = pids.state;
    expect(reasons.map(describeReason)).to.deep.equal([
      'cgroup_disable=pids on the command line',
      'the hierarchy of pids is left unmounted',
    ]);
    expect(fixesFor(reasons).map(describeFix)).to.deep.equal([
      'boot without cgroup_disable=pids',
      'mount the hierarchy of pids',
    ]);
  });

  it('says in which versions a feature is, whichever bounds it has', () => {
    const words = (bounds: { since?: string; until?: string }): readonly string[] => {
      const reason = { kind: 'version', ...bounds } as const;
      return [describeReason(reason), ...fixesFor([reason]).map(describeFix)];
    };
    expect(words({ since: '5.14' })).to.deep.equal(['only since 5.14', 'Linux 5.14']);
    expect(words({ until: '5.0' })).to.deep.equal(['gone since 5.0', 'a kernel before 5.0']);
    expect(words({ since: '5.14', until: '6.2' })).to.deep.equal([
      'only from 5.14 to before 6.2',
      'Linux 5.14 to before 6.2',
    ]);
  });

  it('has in a container what its host has, whatever the kernel could offer', () => {
    const host = { v1: new Set(['cpu', 'memory']), v2: new Set(['cpu']), isAllGranted: true };
    const kata = agentNamed('kata');
    const without = (mode: Setup['cgroup'], grants: Partial<HostControllers> = {}) => {
      const setup = { ...setupWith(mode), host: { ...host, ...grants } };
      const { needs, verdict } = checkAgent(kata, setup, features);
      const words = needs.flatMap(({ need, state }) =>
        state.kind === 'lacking'
          ? [`${need.feature}: ${state.reasons.map(describeReason).join(', ')}`]
          : [],
      );
      return { words, verdict };
    };
    const cpuset = 'the host has no cpuset on cgroup v1, so its containers have none';
    expect(without('hybrid').words).to.include(`v1/cpuset: ${cpuset}`);
    expect(without('hybrid').words.join()).not.to.match(/v1\/(cpu|memory):/);
    const memory = 'the host has no memory on cgroup v2, so its containers have none';
    expect(without('v2').words.join()).to.contain(memory).and.not.to.contain('no cpu on');
    const all = new Set(
      [...features.keys()].filter((fact) => fact.startsWith('v2/')).map((fact) => fact.slice(3)),
    );
    expect(without('v2', { v2: all }).verdict).to.equal('works');
    expect(without('v2', { v2: all, isAllGranted: false })).to.deep.equal({
      words: [],
      verdict: 'unknown',
    });
    const { state } = checkAgent(kata, { ...setupWith('v1'), host }, features).needs.find(
      ({ need }) => need.feature === 'v1/cpuset',
    ) ?? { state: { kind: 'satisfied' } };
    const fixes = state.kind === 'lacking' ? fixesFor(state.reasons).map(describeFix) : [];
    expect(fixes).to.deep.equal(['have the host offer cpuset on cgroup v1']);
  });

  it('does not know where the configuration is not known, unless something else is certain', () => {
    const kernel = { release: RELEASE, cmdline: '' };
    const setup = { kernel, leaveUnmounted: [], cgroup: 'v2' } as const;
    const kata = agentNamed('kata');
    expect(checkAgent(kata, setup, features).verdict).to.equal('unknown');
    const disabled = { ...setup, kernel: { ...kernel, cmdline: 'cgroup_disable=memory' } };
    expect(checkAgent(kata, disabled, features).verdict).to.equal('lacks');
  });

  it('does without what an agent has a fallback for', () => {
    const old: Setup = {
      ...setupWith('v2'),
      kernel: { ...setupWith('v2').kernel, release: '5.10.0-46-cloud-amd64' },
    };
    const { verdict, needs } = checkAgent(agentNamed('runc'), old, features);
    const kill = needs.find(({ need }) => need.feature === 'v2-file/cgroup.kill');
    expect(kill?.state.kind).to.equal('lacking');
    expect(verdict).to.equal('works');
  });

  it('proposes fixes after which nothing is missing, whatever was missing', () => {
    const switchable = [...EVERYTHING.keys()];
    const setups = fc.record({
      off: fc.subarray(switchable, { maxLength: 6 }),
      words: fc.subarray(
        ['cgroup_disable=memory,cpuset', 'cgroup_no_v1=all', 'psi=0', 'cgroup_disable=io'],
        { maxLength: 3 },
      ),
      cgroup: fc.constantFrom(...CGROUP_MODES),
      agent: fc.constantFrom(...agents),
    });
    fc.assert(
      fc.property(setups, ({ off, words, cgroup, agent }) => {
        const broken = Object.fromEntries(
          off.map((symbol) => [symbol, EVERYTHING.get(symbol) === undefined ? 'y' : undefined]),
        );
        const before = checkAgent(agent, setupWith(cgroup, broken, words.join(' ')), features);
        const fixes = before.needs.flatMap(({ state }) =>
          state.kind === 'lacking' ? fixesFor(state.reasons) : [],
        );
        const fixed = { ...broken };
        let cmdline = words.join(' ');
        for (const fix of fixes) {
          if (fix.kind === 'set-symbol') fixed[fix.symbol] = fix.value;
          if (fix.kind === 'unset-symbol') fixed[fix.symbol] = undefined;
          if (fix.kind === 'remove-parameter') cmdline = removeWord(cmdline, fix.parameter);
        }
        const after = checkAgent(agent, setupWith(cgroup, fixed, cmdline), features);
        expect(after.needs.filter(({ state }) => state.kind !== 'satisfied')).to.deep.equal([]);
      }),
    );
  });
});

/** Removes one word from the list of a parameter: `cgroup_disable=cpuset`. */
function removeWord(cmdline: string, parameter: string): string {
  const [name, word] = parameter.split('=');
  return cmdline
    .split(' ')
    .map((text) => {
      const [own, list = ''] = text.split('=');
      if (own !== name) return text;
      const rest = list.split(',').filter((one) => one !== word);
      return rest.length === 0 ? '' : `${own}=${rest.join(',')}`;
    })
    .join(' ');
}
