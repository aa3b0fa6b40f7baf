import { expect } from 'chai';
import { makeFinding } from '../verdict/finding.ts';
import { createKernelSigns, guessStream } from './guess-stream.ts';

const crash = (kind: 'kernel-oops' | 'agent-panic' | 'user-fault') =>
  makeFinding({ class: kind, title: 'x', source: 'console', start: 0, end: 1, excerpt: 'x' });

function evidenceOf(text: string, { boots = 0, size = 1000 } = {}) {
  const signs = createKernelSigns();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) signs.push(bytes.subarray(at, at + size));
  return signs.weigh(text.split('\n').length, boots);
}

/** In words. */
function signsOf(...given: Parameters<typeof evidenceOf>): string | undefined {
  return evidenceOf(...given)?.reason;
}

describe('The guess of the stream', () => {
  it('is a console if a kernel wrote it, whatever crashed in it', () => {
    const found = { console: [], agent: [crash('agent-panic')] };
    expect(guessStream(evidenceOf('', { boots: 1 }), found).stream).to.equal('console');
    expect(guessStream(undefined, { ...found, console: [crash('kernel-oops')] }).stream).to.equal(
      'console',
    );
  });

  it("is a program's output if only a program crashed in it", () => {
    const agent = [crash('agent-panic')];
    expect(guessStream(undefined, { console: [], agent }).stream).to.equal('agent');
    expect(guessStream(undefined, { console: [crash('user-fault')], agent }).stream).to.equal(
      'agent',
    );
    expect(guessStream(undefined, { console: [], agent: [] }).stream).to.equal('console');
    const notes = [crash('user-fault')];
    expect(guessStream(undefined, { console: [], agent: notes }).stream).to.equal('agent');
    expect(guessStream(undefined, { console: notes, agent: notes }).stream).to.equal('console');
  });

  it("is a program's output if it crashed beside lines of a kernel that is not seen to boot", () => {
    const stamped = evidenceOf('[    1.000000] one\n'.repeat(9));
    const agent = [crash('agent-panic')];
    expect(guessStream(stamped, { console: [], agent }).stream).to.equal('agent');
    expect(guessStream(stamped, { console: [crash('kernel-oops')], agent }).stream).to.equal(
      'console',
    );
    expect(guessStream(stamped, { console: [], agent: [] }).stream).to.equal('console');
  });

  it("takes time stamps, the kernel's tag and a shim's log for a kernel's, if there is enough", () => {
    const stamped = '[    1.000000] one\n';
    const tagged = 'Mar 03 01:02:03 host kernel: one\n';
    expect(signsOf(stamped.repeat(9))).to.contain('time stamps');
    const dated = '[Tue Mar  3 01:02:03 2026] one\n';
    expect(signsOf(dated.repeat(9))).to.contain('time stamps');
    expect(signsOf(tagged.repeat(9))).to.contain('time stamps');
    expect(signsOf(`${stamped}${'of a program\n'.repeat(20)}`)).to.equal(undefined);
    expect(signsOf('level=debug vmconsole="one"')).to.contain('shim');
    expect(signsOf('', { boots: 1 })).to.contain('banner');
  });

  it("takes a host's log, with lines of its kernel and of programs, for neither", () => {
    const lines = ['kernel: a', 'kernel: b', 'kata-agent[77]: c', 'systemd[1]: d'];
    const journal = lines.map((line) => `Mar 03 01:02:03 host ${line}\n`).join('');
    expect(signsOf(journal.repeat(9), { boots: 1 })).to.equal(undefined);
    const monotonic = lines.map((line) => `[    1.000000] host ${line}\n`).join('');
    expect(signsOf(monotonic.repeat(9))).to.equal(undefined);
    const relayed = 'Mar 03 01:02:03 host qemu-system-x86_64[77]: [    1.000000] a\n';
    expect(signsOf(relayed.repeat(9))).to.contain('time stamps');
  });

  it('counts each stamp once, however the bytes are split', () => {
    const text = `${'[    1.000000] one\n'.repeat(2)}${'of a program\n'.repeat(17)}`;
    for (let size = 1; size < 40; size += 1) {
      expect(signsOf(text, { size }), `${size}`).to.equal(signsOf(text));
    }
    const tooFew = `[    1.000000] one\n${'of a program\n'.repeat(13)}`;
    for (let size = 1; size < 40; size += 1) expect(signsOf(tooFew, { size })).to.equal(undefined);
  });
});
