import { expect } from 'chai';
import fc from 'fast-check';
import { probedFacts } from '../testing/probed-facts.ts';
import { diffFacts } from './diff-facts.ts';
import { type FactMap, factMapOf } from './fact-map.ts';

const old = factMapOf(
  probedFacts({
    v1Mounts: { cpu: 'ok', memory: 'ok' },
    v1Files: ['cpu.shares', 'cpu.old', 'memory.limit_in_bytes', 'memory.stat', 'tasks'],
    psi: false,
  }),
);
const now = factMapOf(
  probedFacts({
    v1Mounts: { cpu: 'ok', memory: 'EINVAL' },
    v1Files: ['cpu.idle', 'cpu.shares'],
    hz: 1000,
  }),
);

describe('what differs between the facts of two kernels', () => {
  it('is each fact with both values, the controllers first', () => {
    expect(diffFacts(old, now).changes).to.deep.equal([
      { fact: 'v1/memory', before: 'ok', after: 'EINVAL' },
      { fact: 'psi', after: 'there' },
      { fact: 'hz', before: '250', after: '1000' },
    ]);
  });

  it('groups control files by controller, and says which left together with it', () => {
    const inV1 = { hierarchy: 'v1' };
    expect(diffFacts(old, now).files).to.deep.equal([
      { ...inV1, controller: 'cpu', came: ['cpu.idle'], went: ['cpu.old'], isWhole: false },
      {
        ...inV1,
        controller: 'memory',
        came: [],
        went: ['memory.limit_in_bytes', 'memory.stat'],
        isWhole: true,
      },
      { ...inV1, controller: 'core', came: [], went: ['tasks'], isWhole: false },
    ]);
  });

  it('is nothing exactly if they are the same, and the other way round from the other side', () => {
    const outcome = fc.tuple(
      fc.constantFrom('v1/cpu', 'v2/cpu', 'psi', 'hz'),
      fc.constantFrom('ok', 'EINVAL', 'there'),
    );
    const file = fc.tuple(fc.constantFrom('v1-file/cpu.x', 'v2-file/tasks'), fc.constant('there'));
    const map = fc.array(fc.oneof(outcome, file)).map((entries): FactMap => new Map(entries));
    const property = fc.property(map, map, (one, other) => {
      const forth = diffFacts(one, other);
      const back = diffFacts(other, one);
      const pairs = forth.changes.map(({ fact, before, after }) => [fact, before, after]);
      const turned = back.changes.map(({ fact, before, after }) => [fact, after, before]);
      expect(pairs).to.have.deep.members(turned);
      const count =
        forth.changes.length + forth.files.flatMap(({ came, went }) => [...came, ...went]).length;
      const all = new Set([...one.keys(), ...other.keys()]);
      const differing = [...all].filter((fact) => one.get(fact) !== other.get(fact));
      expect(count).to.equal(differing.length);
    });
    fc.assert(property);
  });
});
