import { expect } from 'chai';
import fc from 'fast-check';
import { anyText } from '../../../testing/any-text.ts';
import { MakeOutput } from './make-output.ts';

function read(...lines: readonly string[]): MakeOutput & { readonly objects: readonly string[] } {
  const objects: string[] = [];
  const output = new MakeOutput(['/tree/'], (object) => objects.push(object));
  for (const line of lines) output.read(line);
  return Object.assign(output, { objects });
}

describe('the output of make', () => {
  it('is counted by objects of the kernel, without archives and programs of the host', () => {
    const output = read(
      '  HOSTCC  scripts/basic/fixdep',
      '  GEN     Makefile',
      '  CC      init/main.o',
      '  AS      arch/x86/entry/entry_64.o',
      '  CC [M]  drivers/virtio/virtio.o',
      '  AR      init/built-in.a',
      '  CC      tools/objtool/check.o',
      '  LD      vmlinux.o',
      '  LDS     scripts/module.lds',
    );
    expect(output.objects).to.deep.equal([
      'init/main.o',
      'arch/x86/entry/entry_64.o',
      'drivers/virtio/virtio.o',
    ]);
    expect(output.fault()).to.equal(undefined);
  });

  it('shows the first error of the compiler with the picture of its place', () => {
    const output = read(
      '  CC      kernel/fork.o',
      "/tree/kernel/fork.c: In function 'fork_init':",
      "/tree/kernel/fork.c:12:7: warning: unused variable 'x' [-Wunused-variable]",
      '   12 |   int x;',
      "/tree/kernel/fork.c:13:9: error: expected ';' before '}' token",
      '   13 |   int y',
      '      |        ^',
      '      |        ;',
      '  CC      kernel/exit.o',
      "/tree/kernel/exit.c:1:1: error: unknown type name 'foo'",
      '    1 | foo bar;',
      'make[3]: *** [../scripts/Makefile.build:229: kernel/fork.o] Error 1',
    );
    expect(output.fault()).to.deep.equal({
      kind: 'sources',
      error: "kernel/fork.c:13:9: error: expected ';' before '}' token",
      excerpt: ['   13 |   int y', '      |        ^', '      |        ;'],
    });
  });

  it('prefers the error of a compiler to what make says before it', () => {
    const output = read(
      'make[4]: *** [scripts/Makefile.build:229: a.o] Error 1',
      'b.c:1:1: error: late',
    );
    expect(output.fault()).to.include({ error: 'b.c:1:1: error: late' });
  });

  for (const line of [
    '/tree/kernel/fork.c:7:10: fatal error: linux/gone.h: No such file or directory',
    "/tree/arch/x86/entry/entry_64.S:70: Error: no such instruction: `mvo %eax,%ebx'",
    "ld: vmlinux.o: in function `fork_init': (.init.text+0x12): undefined reference to `gone'",
    'ERROR: modpost: "gone" [drivers/misc/a.ko] undefined!',
    "make[2]: *** No rule to make target 'debian/certs/uefi.pem', needed by 'certs/x509_certificate_list'.  Stop.",
    "*** The source tree is not clean, please run 'make ARCH=x86_64 mrproper'",
  ]) {
    it(`takes for an error of the sources: ${line.slice(0, 60)}`, () => {
      const fault = read('  CC      a.o', line).fault();
      expect(fault).to.include({ kind: 'sources', error: line.replace('/tree/', '') });
    });
  }

  it('knows a full disk, whatever failed because of it', () => {
    const full =
      'kernel/fork.c:9:1: fatal error: error writing to /tmp/a.s: No space left on device';
    expect(read('a.c:1:1: error: x', full).fault()).to.deep.equal({
      kind: 'disk-full',
      line: full,
    });
  });

  it('knows a compiler that was killed for want of memory', () => {
    const line = 'gcc: fatal error: Killed signal terminated program cc1';
    expect(read(line).fault()).to.deep.equal({ kind: 'out-of-memory', line });
  });

  it('may be any text', () => {
    fc.assert(
      fc.property(fc.array(anyText()), (lines) => {
        const output = read(...lines);
        expect(output.objects.length).to.be.at.most(lines.length);
        output.fault();
      }),
    );
  });

  it('keeps little of a line without an end', () => {
    const output = read(`a.c:1:1: error: ${'x'.repeat(10_000_000)}`);
    const fault = output.fault();
    expect(fault?.kind === 'sources' && fault.error.length).to.be.below(2000);
  });
});
