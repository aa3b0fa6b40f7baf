import { expect } from 'chai';
import fc from 'fast-check';
import picocolors from 'picocolors';
import type { RunEvent } from '../../events.ts';
import { anyText } from '../../testing/any-text.ts';
import { textWidth } from '../../text-width.ts';
import { LiveStream } from './live-stream.ts';
import { RowPrinter } from './row-printer.ts';

const TEST = { file: 'a.spec.ts', title: 'works' };
const BEGIN: RunEvent = { type: 'test-begin', time: '', cell: 'c', test: TEST };

function open(width: number, showsBoot = false) {
  const pieces: string[] = [];
  const colors = picocolors.createColors(false);
  const printer = new RowPrinter({ colors, width, write: (text) => void pieces.push(text) });
  const live = new LiveStream({ printer, colors, test: TEST, showsBoot });
  const print = (chunk: string, stream: 'console' | 'agent-stderr' = 'console'): void =>
    live.onOutput({ guest: 1, stream, chunk: Buffer.from(chunk) });
  return { live, print, lines: () => pieces.join('').split('\n').slice(0, -1) };
}

describe('what is shown of a test while it runs', () => {
  it('is a row for each line, however it arrives, and for each call', () => {
    const { live, print, lines } = open(80);
    live.onEvent(BEGIN);
    print('[    1.0] one\r\n[    1.1] t');
    print('wo\r\n\r\n');
    print('{"level":"WARN","msg":"no cpuset","ts":"x"}\nnot ended', 'agent-stderr');
    live.onCall({ number: 1, call: 'Check', atMs: 1500, state: 'begin', request: { a: 1 } });
    live.end();
    const rows = lines().map((line) => line.replace(/^ +\d+\.\d{3} /, ''));
    expect(rows).to.deep.equal([
      'console  [    1.0] one',
      'console  [    1.1] two',
      'agent    WARN no cpuset',
      'call     1 Check {"a":1}',
      'agent    not ended',
    ]);
    expect(lines()[3]).to.match(/^ {3}1\.500 /);
  });

  it('leaves out the start of its guest unless that is asked for, and says so', () => {
    const ready: RunEvent = {
      ...{ type: 'guest-ready', time: '', cell: 'c', guest: 1, bootMs: 300 },
      facts: {} as never,
    };
    const quiet = open(80);
    quiet.print('booting\n');
    quiet.live.onEvent(ready);
    expect(quiet.lines().map((line) => line.trim().replace(/ +/g, ' '))).to.deep.equal([
      'guest booted in 300 ms; 1 line of its start is in its logs',
    ]);
    const loud = open(80, true);
    loud.print('booting\n');
    expect(loud.lines().map((line) => line.trim())).to.deep.equal(['console  booting']);
  });

  it('ends with a guest that prints without end, and says where the rest is', () => {
    const { live, print, lines } = open(80);
    live.onEvent(BEGIN);
    print('x\n'.repeat(10_000));
    expect(lines()).to.have.length(2001);
    expect(lines().at(-1)).to.match(/console {2}… the rest is in its log$/);
    print('y'.repeat(1_000_000), 'agent-stderr');
    expect(lines().length).to.be.below(2100);
  });

  it('is printable and fits the terminal, whatever guests print', () => {
    fc.assert(
      fc.property(anyText(), fc.integer({ min: 40, max: 200 }), (text, width) => {
        const { live, print, lines } = open(width);
        live.onEvent(BEGIN);
        print(`${text}\n`);
        live.onCall({ number: 1, call: text, atMs: 0, state: 'begin', request: { [text]: text } });
        const error = { code: text, message: text };
        live.onCall({ number: 1, call: text, atMs: 0, state: 'refused', error, afterMs: 1 });
        for (const line of lines()) {
          expect(line).to.match(/^[\P{Cc}]*$/u);
          expect(textWidth(line)).to.be.at.most(width);
        }
      }),
    );
  });
});
