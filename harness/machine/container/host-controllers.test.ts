import { expect } from 'chai';
import fc from 'fast-check';
import { hostControllers, v1ControllersOf } from './host-controllers.ts';

describe('the controllers that a host has on cgroup v1', () => {
  it('are those of its hierarchies, alone or with others, but no names and nothing of v2', () => {
    const text = [
      '12:cpuset:/',
      '4:cpu,cpuacct:/user.slice',
      '2:memory:/a:b,pids',
      '1:name=systemd:/init.scope',
      '0::/init.scope',
      '',
    ].join('\n');
    expect([...v1ControllersOf(text)]).to.deep.equal(['cpuset', 'cpu', 'cpuacct', 'memory']);
    expect([...v1ControllersOf('0::/\n')]).to.deep.equal([]);
  });

  it('are found in whatever the hierarchies are called and wherever the process is', () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/);
    const path = fc.stringMatching(/^\/[^\n\0]{0,20}$/);
    const hierarchies = fc.array(fc.tuple(fc.array(name, { minLength: 1 }), path));
    fc.assert(
      fc.property(hierarchies, path, (lists, at) => {
        const lines = lists.map(([names, own], index) => `${index + 1}:${names.join(',')}:${own}`);
        const found = v1ControllersOf([...lines, `0::${at}`, ''].join('\n'));
        expect(found).to.deep.equal(new Set(lists.flatMap(([names]) => names)));
      }),
    );
  });

  it('are found on this host, on v1 or on v2', () => {
    const { v1, v2 } = hostControllers();
    expect(v1.size + v2.size).to.be.above(0);
    for (const controller of v1) expect(v2.has(controller), controller).to.equal(false);
  });
});
