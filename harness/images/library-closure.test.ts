import { expect } from 'chai';
import { buildDynamicElf } from '../kernels/testing/build-elf.ts';
import { libraryClosure, mergedPath } from './library-closure.ts';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const LIBRARIES = 'usr/lib/x86_64-linux-gnu';

function closureOf(files: Readonly<Record<string, Buffer>>, ...programs: string[]) {
  const closure = libraryClosure(programs, (path) => files[path]);
  return closure.kind === 'complete' ? Object.fromEntries(closure.files) : closure;
}

const loader = { 'usr/lib64/ld-linux-x86-64.so.2': buildDynamicElf({}) };
const program = (...needed: string[]) => buildDynamicElf({ interpreter: LOADER, needed });

describe('the libraries of a program in packages', () => {
  it('are all that it needs, and what these need, each once, and the loader where it is looked for', () => {
    const files = {
      ...loader,
      'usr/bin/qemu': program('liba.so.1', 'libb.so.1'),
      [`${LIBRARIES}/liba.so.1`]: buildDynamicElf({ needed: ['libb.so.1', 'liba.so.1'] }),
      [`${LIBRARIES}/libb.so.1`]: buildDynamicElf({ needed: ['ld-linux-x86-64.so.2'] }),
      [`${LIBRARIES}/libunused.so.1`]: buildDynamicElf({}),
    };
    expect(closureOf(files, 'usr/bin/qemu')).to.deep.equal({
      'lib64/ld-linux-x86-64.so.2': 'usr/lib64/ld-linux-x86-64.so.2',
      [`${LIBRARIES}/liba.so.1`]: `${LIBRARIES}/liba.so.1`,
      [`${LIBRARIES}/libb.so.1`]: `${LIBRARIES}/libb.so.1`,
    });
  });

  it('are looked for where a file says, first', () => {
    const files = {
      'usr/bin/qemu': buildDynamicElf({ needed: ['liba.so.1'], runPath: '$ORIGIN/../lib/private' }),
      'usr/lib/private/liba.so.1': buildDynamicElf({}),
      [`${LIBRARIES}/liba.so.1`]: buildDynamicElf({}),
    };
    expect(closureOf(files, 'usr/bin/qemu')).to.have.keys('usr/lib/private/liba.so.1');
  });

  it('are not files that no loader would take', () => {
    const files = {
      'usr/bin/qemu': buildDynamicElf({ needed: ['liba.so.1'] }),
      [`${LIBRARIES}/liba.so.1`]: Buffer.from('/* GNU ld script */'),
      'usr/lib/liba.so.1': buildDynamicElf({}),
    };
    expect(closureOf(files, 'usr/bin/qemu')).to.have.keys('usr/lib/liba.so.1');
  });

  it('include those of parts that the program loads by itself', () => {
    const files = {
      ...loader,
      'usr/bin/qemu': program(),
      [`${LIBRARIES}/qemu/accel-tcg.so`]: buildDynamicElf({ needed: ['libb.so.1'] }),
      [`${LIBRARIES}/libb.so.1`]: buildDynamicElf({}),
    };
    const closure = closureOf(files, 'usr/bin/qemu', `${LIBRARIES}/qemu/accel-tcg.so`);
    expect(closure).to.include.keys(`${LIBRARIES}/libb.so.1`);
  });

  for (const [what, files, missing] of [
    ['a library', { ...loader, 'usr/bin/qemu': program('libz.so.1') }, 'libz.so.1'],
    ['the loader', { 'usr/bin/qemu': program() }, LOADER],
    ['the program', {}, 'usr/bin/qemu'],
    ['the program, which is no ELF file', { 'usr/bin/qemu': Buffer.from('#!') }, 'usr/bin/qemu'],
  ] as const) {
    it(`are incomplete without ${what}`, () => {
      const closure = closureOf(files, 'usr/bin/qemu');
      expect(closure).to.deep.equal({ kind: 'incomplete', user: 'usr/bin/qemu', missing });
    });
  }

  it('of old packages lie below /usr, too', () => {
    expect(mergedPath('lib/x86_64-linux-gnu/libc.so.6')).to.equal(`${LIBRARIES}/libc.so.6`);
    expect(mergedPath('library/a')).to.equal('library/a');
    expect(mergedPath('usr/lib/a')).to.equal('usr/lib/a');
  });
});
