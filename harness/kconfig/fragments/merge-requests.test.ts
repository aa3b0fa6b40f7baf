import { expect } from 'chai';
import { readMiniature } from '../testing/miniature-tree.ts';
import { wantedOf } from '../testing/wanted.ts';
import {
  describeConflict,
  describeContradiction,
  describeOverridden,
} from './describe-conflict.ts';
import { findConflicts } from './find-conflicts.ts';
import { mergeRequests } from './merge-requests.ts';
import { parseFragment } from './parse-fragment.ts';

const fragment = (file: string, ...lines: string[]) =>
  parseFragment(lines.map((line) => `CONFIG_${line}`).join('\n'), file).requests;

describe('fragments together', () => {
  it('have the last word in their order', () => {
    const { wanted, overridden, contradictions } = mergeRequests([
      fragment('a', 'PSI=y', 'SWAP=y', 'NR_CPUS=16'),
      fragment('b', 'PSI=n', 'SWAP=y', 'NR_CPUS=0x10'),
    ]);
    expect(
      [...wanted.values()].map(({ symbol, value, file }) => [symbol, value, file]),
    ).to.deep.equal([
      ['PSI', 'n', 'b'],
      ['SWAP', 'y', 'b'],
      ['NR_CPUS', '0x10', 'b'],
    ]);
    expect(overridden.map(describeOverridden)).to.deep.equal(['PSI=n (b:1) overrides PSI=y (a:1)']);
    expect(contradictions).to.deep.equal([]);
  });

  it('contradict themselves only within one of them', () => {
    const { contradictions } = mergeRequests([
      fragment('a', 'PSI=y', 'SWAP=y', 'SWAP=y', 'PSI=n'),
      fragment('b', 'SWAP=n'),
    ]);
    expect(contradictions.map(describeContradiction)).to.deep.equal([
      'PSI=y (a:1) and PSI=n (a:4) contradict each other',
    ]);
  });
});

describe('requests that no configuration meets', () => {
  const conflictsOf = (...lines: string[]) =>
    findConflicts(wantedOf(...lines), readMiniature()).map(describeConflict);

  it('are two members of a choice', () => {
    expect(conflictsOf('HZ_100=y', 'HZ_1000=y', 'HZ_250=n')).to.deep.equal([
      'HZ_100=y (f:1) and HZ_1000=y (f:2) are in the same choice, "Timer frequency": only one can be on',
    ]);
  });

  it('are a symbol and the absence of what it depends on', () => {
    expect(conflictsOf('CPUSETS_V1=y', 'CPUSETS=n')).to.deep.equal([
      'CPUSETS_V1=y (f:1) depends on CPUSETS, which CPUSETS=n (f:2) rules out',
    ]);
    expect(conflictsOf('CGROUP_DEBUG=y', 'DEBUG_KERNEL=n')).to.deep.equal([]);
    expect(conflictsOf('CGROUP_DEBUG=y', 'DEBUG_KERNEL=n', 'EXPERT=n')).to.have.length(1);
  });

  it('are a symbol that is off and another that selects it', () => {
    expect(conflictsOf('PAGE_COUNTER=n', 'MEMCG=y')).to.deep.equal([
      'PAGE_COUNTER=n (f:1) cannot be: MEMCG=y (f:2) selects it',
    ]);
  });

  it('are not those that can be met', () => {
    expect(conflictsOf('CPUSETS_V1=y', 'SMP=y', 'MEMCG=n', 'HZ_100=y')).to.deep.equal([]);
  });
});
