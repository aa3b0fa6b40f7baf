import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type AptFault, recogniseAptFault } from './apt-fault.ts';

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, 'testdata', 'apt', `${name}.txt`), 'utf8');

describe('What apt prints when it fails', () => {
  const faults: readonly (readonly [string, AptFault])[] = [
    ['update-no-such-suite', 'not-found'],
    ['update-no-such-host', 'unreachable'],
    ['update-refused', 'unreachable'],
    ['update-missing-key', 'signature'],
    ['update-unsigned', 'signature'],
    ['update-disk-full', 'disk-full'],
    ['fetch-gone', 'not-found'],
    ['fetch-wrong-checksum', 'checksum'],
    ['fetch-too-large', 'too-large'],
  ];
  for (const [name, fault] of faults) {
    it(`says that it is ${fault} (${name})`, () => {
      expect(recogniseAptFault(read(name))).to.equal(fault);
    });
  }

  it('may say nothing that we know', () => {
    expect(recogniseAptFault('E: Internal error')).to.equal('other');
    expect(recogniseAptFault('')).to.equal('other');
  });
});
