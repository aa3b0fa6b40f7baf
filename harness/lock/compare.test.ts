import { expect } from 'chai';
import { compareAgents, compareKernels } from './compare.ts';
import { BUILT, digest, PACKAGED } from './testing/sample-lock.ts';

describe('what is locked and what is there', () => {
  it('do not differ if they are the same to the byte, whatever suite it came from', () => {
    expect(compareKernels(PACKAGED, structuredClone(PACKAGED))).to.deep.equal([]);
    const { debian } = PACKAGED;
    const moved = debian && { ...PACKAGED, debian: { ...debian, suite: 'bookworm-security' } };
    expect(moved && compareKernels(PACKAGED, moved)).to.deep.equal([]);
  });

  it('differ first in what they were made from, then in what came of it', () => {
    const found = {
      ...BUILT,
      digest: digest('a'),
      inputs: { ...BUILT.inputs, compiler: 'gcc (Debian 14.2.0-19) 14.2.0' },
    };
    expect(compareKernels(BUILT, found)).to.deep.equal([
      {
        path: ['inputs', 'compiler'],
        what: 'inputs: compiler',
        expected: 'gcc (Debian 12.2.0-14) 12.2.0',
        found: 'gcc (Debian 14.2.0-19) 14.2.0',
      },
      { path: ['digest'], what: 'digest', expected: digest('5'), found: digest('a') },
    ]);
  });

  it('differ where only one of them has something', () => {
    const { config, ...without } = PACKAGED;
    expect(compareKernels(PACKAGED, without)).to.deep.equal([
      { path: ['config'], what: 'config', expected: config },
    ]);
    expect(compareAgents({ sources: digest('1') }, { program: digest('1') })).to.deep.equal([
      { path: ['sources'], what: 'sources', expected: digest('1') },
      { path: ['program'], what: 'program', found: digest('1') },
    ]);
  });
});
