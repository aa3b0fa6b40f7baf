import { expect } from 'chai';
import fc from 'fast-check';
import { ElfFault, hasNote, parseElf, readDynamicParts, readSection } from './elf.ts';
import { buildDynamicElf, buildElf } from './testing/build-elf.ts';
import { buildVmlinux } from './testing/build-kernel.ts';

function readEverything(bytes: Buffer): void {
  const elf = parseElf(bytes);
  readSection(elf, '.modinfo');
  hasNote(elf, 'Xen', 18);
  readDynamicParts(elf);
}

describe('An ELF file', () => {
  it('gives its sections by name', () => {
    const elf = parseElf(
      buildElf({
        sections: [
          { name: '.text', body: Buffer.from('code') },
          { name: '.modinfo', body: Buffer.from('name=virtio\0') },
        ],
      }),
    );
    expect(readSection(elf, '.modinfo')?.toString()).to.equal('name=virtio\0');
    expect(readSection(elf, '.nothing')).to.equal(undefined);
  });

  it('says what a program needs in order to start', () => {
    const bytes = buildDynamicElf({
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      needed: ['libc.so.6', 'libm.so.6'],
      runPath: '$ORIGIN/../lib::/opt/lib',
    });
    expect(readDynamicParts(parseElf(bytes))).to.deep.equal({
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      needed: ['libc.so.6', 'libm.so.6'],
      searchFolders: ['$ORIGIN/../lib', '/opt/lib'],
    });
  });

  it('needs nothing if it is static', () => {
    const parts = readDynamicParts(parseElf(buildElf({})));
    expect(parts).to.deep.equal({ needed: [], searchFolders: [] });
  });

  it('has a note only of the owner and type asked for', () => {
    const elf = parseElf(buildVmlinux('6.1'));
    expect(hasNote(elf, 'Xen', 18)).to.equal(true);
    expect(hasNote(elf, 'Xen', 17)).to.equal(false);
    expect(hasNote(elf, 'GNU', 18)).to.equal(false);
  });

  it('of 32 bits, or none at all, is a fault', () => {
    const small = buildElf({});
    small[4] = 1;
    expect(() => parseElf(small)).to.throw(ElfFault, '64 bits');
    expect(() => parseElf(Buffer.from('#!/bin/sh\n'))).to.throw(ElfFault, 'no ELF');
    expect(() => parseElf(Buffer.from('\x7fELF', 'latin1'))).to.throw(ElfFault, 'cut');
  });

  it('that is cut or garbled is read or is a fault, and never breaks the reader', () => {
    const sound = Buffer.concat([buildDynamicElf({ needed: ['libc.so.6'] }), Buffer.alloc(16)]);
    const change = fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change), fc.nat(sound.length), (changes, length) => {
        const bytes = Buffer.from(sound);
        for (const { at, byte } of changes) bytes[at] = byte;
        try {
          readEverything(bytes.subarray(0, length));
        } catch (error) {
          expect(error).to.be.instanceOf(ElfFault);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
