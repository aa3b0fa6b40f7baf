import { expect } from 'chai';
import { BacktraceFold } from './fold-backtrace.ts';

function fold(text: string): readonly string[] {
  const shown: string[] = [];
  const folded = new BacktraceFold((line) => shown.push(line));
  for (const line of text.split('\n')) folded.push(line);
  folded.end();
  return shown;
}

describe('a backtrace as it is shown', () => {
  it('has the frames of the program, and says how many others the log has', () => {
    const shown = fold(`before
stack backtrace:
   0:     0x7f7438ad55c9 - std[e28293b1aa0f68bd]::backtrace::trace
                               at /rustc/59807/library/std/src/../../backtrace/src/mod.rs:117:9
  18:     0x7f7438a88f05 - set_cpu_resources
                               at /guest/agent/src/cgroups/unguarded.rs:73:71
  37:     0x7f7438a69be5 - poll<tokio::runtime::blocking::task>
                               at /cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/raw.rs:337:13
  43:     0x7f7438b5df1c - start_thread
  45:                0x0 - <unknown>
after: 3`);
    expect(shown).to.deep.equal([
      'before',
      'stack backtrace:',
      '  18: set_cpu_resources at /guest/agent/src/cgroups/unguarded.rs:73:71',
      '  4 other frames in its log',
      'after: 3',
    ]);
  });

  it('is the same in the short form that RUST_BACKTRACE=1 gives', () => {
    const shown = fold(`stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807/library/std/src/panicking.rs:689:5
   1: agent::main
             at ./src/main.rs:3:5`);
    expect(shown).to.deep.equal([
      'stack backtrace:',
      '   1: agent::main at ./src/main.rs:3:5',
      '  1 other frame in its log',
    ]);
  });

  it('leaves everything else alone, whatever it looks like', () => {
    const text = '   1: a list\n   at home\n\n2: more';
    expect(fold(text).join('\n')).to.equal(text);
  });
});
