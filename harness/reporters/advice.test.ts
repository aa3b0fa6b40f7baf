import { expect } from 'chai';
import picocolors from 'picocolors';
import type { Advice } from '../compare/advice.ts';
import { renderAdvice } from './advice.ts';
import { renderAdviceMarkdown } from './advice-markdown.ts';

const options = {
  colors: picocolors.createColors(false),
  command: (words: readonly string[]) => ['kmx', ...words].join(' '),
};

const ADVICE: Advice = {
  version: 1,
  run: 'a-run',
  agents: [
    {
      agent: 'unguarded',
      cells: 4,
      failing: 2,
      impacts: [
        {
          verdict: 'agent-panic',
          signature: 's2-a93cd73b0867',
          title: 'called Option::unwrap() on a None value',
          tests: [{ file: 'cpu/quota.spec.ts', title: 'CPU quota › reaches the kernel' }],
          where: [{ kernel: ['debian-6.12'], config: ['default'], cgroup: ['v1', 'hybrid'] }],
          cells: 2,
          good: 2,
          reasons: [
            {
              kind: 'fact',
              key: 'v1/cpuset',
              text: 'v1 cpuset cannot be mounted (EINVAL)',
              basis: 'tried',
              states: [],
              bad: { number: 2, of: 2 },
              good: { number: 0, of: 2 },
              causes: [{ kind: 'boot-parameter', parameter: 'cgroup_disable=cpuset' }],
            },
          ],
          isTold: true,
        },
      ],
      ways: [
        {
          kind: 'cgroup',
          text: 'Use cgroup v2 with this kernel',
          proven: [
            { cell: 'k+default+v1+unguarded', by: 'k+default+v2+unguarded', pass: 27, ran: 27 },
          ],
          unproven: [],
        },
        {
          kind: 'symbol',
          text: 'Build the kernel with CONFIG_CPUSETS_V1=y',
          proven: [],
          unproven: ['k+default+v1+unguarded', 'k+default+hybrid+unguarded'],
          command: ['run', '--only', 'NEW-KERNEL'],
        },
      ],
      helpless: ['k+default+hybrid+unguarded'],
    },
  ],
  missing: ['the run has no kernel configs'],
};

describe('advice in a terminal', () => {
  it('says what fails where and why, then what helps and by what that is proven', () => {
    expect(renderAdvice(ADVICE, options)).to.equal(`\
unguarded: 2 of its 4 cells fail

  agent-panic  called Option::unwrap() on a None value  s2-a93cd73b0867
      cpu/quota.spec.ts: CPU quota: reaches the kernel
    on debian-6.12 · default · v1, hybrid
    because v1 cpuset cannot be mounted (EINVAL): 2 of 2 cells that fail, 0 of 2 that pass
      behind it: boot parameter cgroup_disable=cpuset

  what helps, as this run has shown
    Use cgroup v2 with this kernel: proven by k+default+v2+unguarded, 27 of 27 pass

  what may help, and is not proven
    Build the kernel with CONFIG_CPUSETS_V1=y: for k+default+v1+unguarded … and 1 more
      kmx run --only NEW-KERNEL

  nothing known helps k+default+hybrid+unguarded

not known: the run has no kernel configs
`);
  });

  it('says so if there is none', () => {
    const none = { ...ADVICE, agents: [] };
    expect(renderAdvice(none, options)).to.match(/^nothing fails/);
    expect(renderAdviceMarkdown(none)).to.match(/^Nothing fails/);
  });
});

describe('advice in Markdown', () => {
  it('has a table of what helps, and escapes what a guest may have said', () => {
    const text = renderAdviceMarkdown(ADVICE);
    expect(text).to.include(
      '| Use cgroup v2 with this kernel | k+default+v2+unguarded, 27 of 27 pass | 1 |',
    );
    const [agent] = ADVICE.agents;
    if (agent === undefined) throw new Error('Expected an agent');
    const lonely = agent.impacts.map((impact) => ({ ...impact, good: 0 }));
    expect(renderAdviceMarkdown({ ...ADVICE, agents: [{ ...agent, impacts: lonely }] }))
      .to.include('- no cell of this agent passes these tests')
      .and.not.to.include('because');
    const impacts = agent.impacts.map((impact) => ({ ...impact, title: '<img>|\u001b[1m' }));
    const hostile = renderAdviceMarkdown({ ...ADVICE, agents: [{ ...agent, impacts }] });
    expect(hostile).to.include('agent-panic: \\<img\\>\\|');
    expect(hostile).not.to.include('\u001b');
  });
});
