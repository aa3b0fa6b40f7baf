import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { StreamEnd } from '../lines/stream-tail.ts';
import { lastWords } from './last-words.ts';

const end = (text: string | Buffer, isCut = false): StreamEnd => ({
  bytes: Buffer.from(text),
  isCut,
});
const ofStderr = (text: string | Buffer, isCut = false) =>
  lastWords({ stderr: end(text, isCut), stdout: end('') });
const ofStdout = (text: string) => lastWords({ stderr: end(''), stdout: end(text) });

describe('the last words of an agent', () => {
  it('are the end of its stderr', () => {
    const text =
      'Error: bind unix:///run/a.sock\n\nCaused by:\n    0: cannot listen\n    1: EOPNOTSUPP\n';
    expect(ofStderr(text)).to.deep.equal({
      source: 'agent-stderr',
      lines: ['Error: bind unix:///run/a.sock', 'Caused by:', '0: cannot listen', '1: EOPNOTSUPP'],
    });
  });

  it('are the last five lines that say something', () => {
    const text = Array.from({ length: 100 }, (_, index) => `line ${index}\n\n`).join('');
    expect(ofStderr(text)?.lines).to.deep.equal(
      [95, 96, 97, 98, 99].map((index) => `line ${index}`),
    );
  });

  it('are nothing where nothing was said', () => {
    for (const text of ['', '\n \n\t\r\n', '\u001b[0m\n'])
      expect(ofStderr(text)).to.equal(undefined);
  });

  it('are the messages of a log’s errors, and none of its other lines', () => {
    const log = [
      { msg: 'announce', level: 'INFO', source: 'agent' },
      { msg: 'cannot create container', level: 'ERRO', error: 'ENOENT: no such file' },
      { msg: 'retrying', level: 'WARN' },
      { message: 'gave up', level: 'critical' },
      { msg: 'no level' },
    ];
    const text = log.map((line) => `${JSON.stringify(line)}\n`).join('');
    const lines = ['cannot create container: ENOENT: no such file', 'gave up'];
    expect(ofStdout(text)).to.deep.equal({ source: 'agent-stdout', lines });
    expect(ofStderr(text)).to.deep.equal({ source: 'agent-stderr', lines });
  });

  it('are not what a program prints on stdout for others', () => {
    expect(ofStdout('all is well\n{"msg":"ready","level":"INFO"}\n')).to.equal(undefined);
  });

  it('are those of stderr where both streams have some', () => {
    const stdout = end('{"msg":"late","level":"ERRO"}\n');
    const words = lastWords({ stderr: end('Error: early\n'), stdout });
    expect(words).to.deep.equal({ source: 'agent-stderr', lines: ['Error: early'] });
  });

  for (const [name, isCut] of [
    ['full-backtrace', false],
    ['unwrap', false],
    ['full-backtrace', true],
  ] as const) {
    it(`are what a panic says and not its stack (${name}${isCut ? ', cut' : ''})`, () => {
      const file = new URL(`../testdata/agent/${name}.txt`, import.meta.url);
      const recorded =
        readFileSync(file, 'utf8')
          .split(/^bytes:.*\n/m)
          .at(-1) ?? '';
      const text = isCut ? recorded.slice(recorded.indexOf(' 2: ')) : recorded;
      const { lines = [] } = ofStderr(text, isCut) ?? {};
      expect(lines.filter((line) => /^\d+: |^at |backtrace/i.test(line))).to.deep.equal([]);
      if (!isCut) expect(lines.join('\n')).to.match(/panicked at \S+:\d+:\d+:\n?.*/);
    });
  }

  it('have no first line that is only a part of one', () => {
    expect(ofStderr('of a line","level":"INFO"}\nError: x\n', true)?.lines).to.deep.equal([
      'Error: x',
    ]);
    expect(ofStderr('x'.repeat(10_000), true)?.lines).to.have.length(1);
  });

  it('are printable, short lines, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (bytes, isCut) => {
        const { lines = [] } = ofStderr(Buffer.from(bytes), isCut) ?? {};
        expect(lines.length).to.be.at.most(5);
        for (const line of lines) {
          expect(line).to.match(/^[^\p{Cc}]+$/u);
          expect(line.length).to.be.at.most(200);
        }
      }),
    );
    const { lines } = ofStderr(`\u001b[2J\u001b]0;x\u0007${'y'.repeat(1e6)}\u0000\n`) ?? {};
    expect(lines?.join()).to.match(/^y+…$/);
  });

  it('are nothing of what looks like a log and is none', () => {
    expect(ofStderr('{"level":"ERRO"}\n{"level":3,"msg":"x"}\nnull\n')?.lines).to.deep.equal([
      'null',
    ]);
    expect(ofStderr('{broken\n')?.lines).to.deep.equal(['{broken']);
  });
});
