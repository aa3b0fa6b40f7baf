import { expect } from 'chai';
import { kernelScript, programScript } from './gdb-script.ts';

const linesOf = (script: string): readonly string[] => script.trimEnd().split('\n');

describe('the commands for gdb', () => {
  it('connect it to a program, and stop where that panics', () => {
    const lines = linesOf(
      programScript({
        ...{ socket: '/tmp/kmx/gdb', file: "/it's/agent" },
        ...{ hasLibraries: false, sources: '/src/guest', panicSymbol: '_RNv10rust_panic' },
      }),
    );
    expect(lines.slice(0, 6)).to.deep.equal([
      'set remotetimeout 120',
      "file '/it'\\''s/agent'",
      'set sysroot',
      'directory /src/guest',
      'target remote /tmp/kmx/gdb',
      'break _RNv10rust_panic',
    ]);
    expect(lines.slice(-3)).to.deep.equal(['commands', 'panic-frame', 'end']);
  });

  it('take the libraries of a program from the guest, and set no breakpoint without a symbol', () => {
    const script = programScript({
      ...{ socket: '/tmp/gdb', file: '/agent', hasLibraries: true },
    });
    expect(linesOf(script).slice(-2)).to.deep.equal([
      'set sysroot target:',
      'target remote /tmp/gdb',
    ]);
  });

  it("move a kernel's symbols to where it runs, and load what its build has made for gdb", () => {
    const script = kernelScript({
      ...{ socket: '/tmp/gdb', scripts: '/linux/vmlinux-gdb.py' },
      symbols: { file: '/linux/vmlinux', offset: 0x1b200000n },
    });
    expect(linesOf(script)).to.deep.equal([
      'set remotetimeout 120',
      'set architecture i386:x86-64',
      "symbol-file -o 0x1b200000 '/linux/vmlinux'",
      'target remote /tmp/gdb',
      'break panic',
      'source /linux/vmlinux-gdb.py',
    ]);
  });
});
