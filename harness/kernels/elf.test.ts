import { expect } from 'chai';
import fc from 'fast-check';
import { ElfFault, hasNote, parseElf, readSection } from './elf.ts';
import { readDynamicParts } from './elf-dynamic.ts';
import { buildDynamicElf, buildElf } from './testing/build-elf.ts';
import { buildVmlinux } from './testing/build-kernel.ts';
import { damaged } from './testing/damaged.ts';

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

  it('with a note of almost 4 GiB has an end', () => {
    for (const sizeAt of [0, 4]) {
      const note = Buffer.alloc(24);
      note.writeUInt32LE(0xfffffff0, sizeAt);
      const elf = parseElf(buildElf({ segments: [{ type: 4, body: note }] }));
      expect(hasNote(elf, 'Xen', 18)).to.equal(false);
    }
  });

  it('has only so many segments, notes and texts', () => {
    const empty = { type: 1, body: Buffer.alloc(0) };
    const parse = (parts: Parameters<typeof buildElf>[0]) => () => readEverything(buildElf(parts));
    expect(parse({ segments: Array(257).fill(empty) })).to.throw(ElfFault, '257 segments');
    const notes = { type: 4, body: Buffer.alloc(600_000) };
    expect(parse({ segments: [notes, notes] })).to.throw(ElfFault, 'header of 1200000 bytes');
    const needs = buildDynamicElf({ needed: Array(257).fill('libc.so.6') });
    expect(() => readEverything(needs)).to.throw(ElfFault, '257 needs');
    const folders = buildDynamicElf({ runPath: '/a:'.repeat(65) });
    expect(() => readEverything(folders)).to.throw(ElfFault, 'searches 65 folders');
    const long = buildDynamicElf({ needed: ['x'.repeat(4096)] });
    expect(() => readEverything(long)).to.throw(ElfFault, 'endless string');
  });

  const SOUND = {
    program: Buffer.concat([
      buildDynamicElf({ interpreter: '/lib/ld.so', needed: ['libc.so.6'], runPath: '/a:/b' }),
      Buffer.alloc(16),
    ]),
    vmlinux: buildVmlinux('6.1'),
    module: buildElf({ sections: [{ name: '.modinfo', body: Buffer.from('name=virtio\0') }] }),
  };
  for (const [what, sound] of Object.entries(SOUND)) {
    it(`such as a ${what} that is cut or garbled is read or is a fault`, () => {
      fc.assert(
        fc.property(damaged(sound), (bytes) => {
          try {
            readEverything(bytes);
          } catch (error) {
            expect(error).to.be.instanceOf(ElfFault);
          }
        }),
        { numRuns: 2000 },
      );
    });
  }
});
