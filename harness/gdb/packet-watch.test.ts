import { expect } from 'chai';
import fc from 'fast-check';
import { PacketWatch, type TargetState } from './packet-watch.ts';

type Side = 'debugger' | 'stub';

/** Of gdb 13.1 with gdbserver 16.3 and QEMU 7.2, shortened. */
const SESSION: readonly (readonly [Side, string])[] = [
  ['debugger', '+$qSupported:multiprocess+;swbreak+#c8'],
  ['stub', '+$PacketSize=47ff;vContSupported+#cc'],
  ['debugger', '+$vCont?#49'],
  ['stub', '+$vCont;c;C;t;s;S;r#12'],
  ['debugger', '+$?#3f'],
  // The target is stopped, which this answers: it did not run.
  ['stub', '+$T0506:0*,;07:20f1ffffff7f0* ;thread:p88.88;#57'],
  ['debugger', '+$Z0,55555571a340,1#8f'],
  ['stub', '+$OK#9a'],
  ['debugger', '+$vCont;c:p88.-1#13'],
  // A notification, and output of the target: it still runs.
  ['stub', '+%Stop:T05thread:p88.88;#24$O48#ad'],
  ['stub', '$T05swbreak:;06:b0f1ff;thread:p88.8a;#9c'],
  ['debugger', '+$m7fff0000,8#0d'],
  ['stub', '+$5431*"0*"#d0'],
  ['debugger', '+$vCont;s:p88.8a#5e'],
  ['stub', '+$T0506:0*,;thread:p88.8a;#57'],
  ['debugger', '+$D;88#ef'],
  ['stub', '+$OK#9a'],
];

const STATES: readonly TargetState[] = ['running', 'stopped', 'running', 'stopped', 'running'];

function follow(session: typeof SESSION): TargetState[] {
  const states: TargetState[] = [];
  const watch = new PacketWatch((state) => states.push(state));
  for (const [side, text] of session) {
    if (side === 'debugger') watch.pushDebugger(Buffer.from(text, 'latin1'));
    else watch.pushStub(Buffer.from(text, 'latin1'));
  }
  return states;
}

describe('the packets between a debugger and a stub', () => {
  it('tell when the target runs and when it has stopped', () => {
    expect(follow(SESSION)).to.deep.equal(STATES);
  });

  it('tell whether the debugger has taken its leave', () => {
    const watch = new PacketWatch(() => {});
    watch.pushDebugger(Buffer.from('+$vCont;c#a8'));
    expect(watch.hasDetached).to.equal(false);
    watch.pushDebugger(Buffer.from('\x03+$D;1#b0'));
    expect(watch.hasDetached).to.equal(true);
  });

  it('may be cut anywhere', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (sizes) => {
        const pieces = SESSION.flatMap(([side, text]) => {
          const cut: (readonly [Side, string])[] = [];
          for (let rest = text; rest !== ''; ) {
            const { value } = sizes.next() as { value: number };
            cut.push([side, rest.slice(0, value)]);
            rest = rest.slice(value);
          }
          return cut;
        });
        expect(follow(pieces)).to.deep.equal(STATES);
      }),
      { numRuns: 50 },
    );
  });

  it('may be anything, and what is stopped then only runs by a packet that says so', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const watch = new PacketWatch(() => {});
        watch.pushStub(bytes);
        expect(watch.state).to.equal('stopped');
        watch.pushDebugger(Buffer.from('#$c#63'));
        expect(watch.state).to.equal('running');
      }),
    );
  });
});
