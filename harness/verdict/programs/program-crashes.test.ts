import { expect } from 'chai';
import { createAgentTriage } from '../agent-triage.ts';
import type { Finding } from '../finding.ts';
import type { UnwrappedLine } from '../lines/unwrap-line.ts';
import { readRecordedLogs, triageWhole } from '../testing/recorded-logs.ts';
import { createProgramCrashes } from './program-crashes.ts';

const essence = (findings: readonly Finding[]) =>
  findings.map(({ class: kind, title, place, signature }) => ({ kind, title, place, signature }));
const triage = (text: string) => triageWhole(createAgentTriage(), Buffer.from(text));
const titles = (text: string) => triage(text).map(({ title }) => title);

/** The titles of what is found in lines with their writers. */
function titlesByWriter(lines: readonly (readonly [writer: string, text: string])[]) {
  const crashes = createProgramCrashes('agent-stderr');
  const found = lines.flatMap(([writer, text], row) => {
    const line: UnwrappedLine = { text, writer, start: 100 * row, end: 100 * row + 100 };
    return crashes.take(line);
  });
  return [...found, ...crashes.flush()].map(({ finding }) => finding.title);
}

/** What a supervisor may put before the line with this number. */
const PREFIXES: Readonly<Record<string, (row: number) => string>> = {
  name: () => 'agent: ',
  tag: () => '[stderr] ',
  column: () => 'agent-1  | ',
  'time and level': (row) => `2026-03-03T01:02:0${row % 10}.123456Z ERROR agent: `,
};
/** They hold lines of several writers, have prefixes already, or need what is before them. */
const OF_SEVERAL =
  /^(?:docker-|journal-|kubectl-|log-|kata-json|hook-kata|hostile|prefix-|hook-display|hook-firecracker|hook-log|hook-tracing|shell)/;

describe('the deaths of programs', () => {
  const logs = readRecordedLogs().filter(
    ({ stream, name }) => stream === 'agent' && !OF_SEVERAL.test(name),
  );

  for (const [what, prefixOf] of Object.entries(PREFIXES)) {
    it(`are the same behind a prefix: ${what}`, () => {
      expect(logs.length).to.be.at.least(70);
      for (const { name, bytes } of logs) {
        const lines = bytes.toString('latin1').split('\n');
        const prefixed = lines.map((line, row) => prefixOf(row) + line).join('\n');
        const found = triageWhole(createAgentTriage(), Buffer.from(prefixed, 'latin1'));
        expect(essence(found), name).to.deep.equal(
          essence(triageWhole(createAgentTriage(), bytes)),
        );
      }
    });
  }

  it('are read apart for each writer', () => {
    const lines = [
      ['agent[7]', "thread 'main' panicked at src/limits.rs:12:5:"],
      ['shim[8]', 'panic: no such sandbox'],
      ['agent[9]', "thread 'main' panicked at src/mounts.rs:34:5:"],
      ['agent[9]', 'no such mount'],
      ['shim[8]', ''],
      ['shim[8]', 'goroutine 1 [running]:'],
      ['agent[7]', 'no such limit'],
      ['shim[8]', 'main.start()'],
    ] as const;
    expect(titlesByWriter(lines)).to.deep.equal([
      'no such mount at src/mounts.rs:34',
      'no such limit at src/limits.rs:12',
      'no such sandbox at main.start',
    ]);
  });

  it('do not explain the death of another writer', () => {
    const abort = ['SIGABRT: abort', '', 'goroutine 1 [syscall]:', 'main.start()'];
    const panic = "thread 'main' panicked at src/limits.rs:12:5: no such limit";
    const of = (writer: string) => abort.map((text) => [writer, text] as const);
    const told = ['no such limit at src/limits.rs:12', 'SIGABRT: abort at main.start'];
    expect(new Set(titlesByWriter([['a', panic], ...of('a')]))).to.deep.equal(new Set([told[0]]));
    expect(titlesByWriter([['a', panic], ...of('b')])).to.deep.equal(told);
  });

  it('are reported however many writers there are', () => {
    const headers = Array.from({ length: 1000 }, (_, row) => {
      return [`agent[${row}]`, `thread 'main' panicked at src/limits.rs:${row + 1}:5:`] as const;
    });
    expect(titlesByWriter(headers)).to.have.length(1000);
  });

  it('include an abort that follows at once, but no later one', () => {
    const panic = "thread 'worker' panicked at src/limits.rs:12:5:\nno such limit\n";
    const abort = 'SIGABRT: abort\nPC=0x1 m=0 sigcode=0\n\ngoroutine 1 [select]:\nmain.main()\n';
    expect(titles(panic + abort)).to.have.length(1);
    expect(titles(panic + 'all is well\n'.repeat(10_000) + abort)).to.have.length(2);
  });

  it('have the same signature whatever a hook makes of them', () => {
    const said = 'no such container: "kmx-3f2a"';
    const forms = [
      `thread 'main' panicked at src/rpc.rs:88:9:\n${said}\n`,
      `thread 'main' (7) panicked at src/rpc.rs:88:9:\n${said}\n`,
      `thread 'main' panicked at '${said}', src/rpc.rs:88:9\n`,
      `[ERROR agent] thread 'x' panicked at '${said}': src/rpc.rs:88\n`,
      `[ERROR agent] panicked at src/rpc.rs:88:9:\n${said}\n`,
      `agent panicked at src/rpc.rs:88:9: ${said}\n`,
      `A panic occurred at src/rpc.rs:88: ${said}\r\n`,
      `The application panicked (crashed).\nMessage:  ${said}\nLocation: src/rpc.rs:88\n`,
      `The application panicked (crashed).\n  ${said}\nin src/rpc.rs, line 88\nthread: main\n`,
      `ERROR A panic occurred panic.payload=${JSON.stringify(said)} panic.location="src/rpc.rs:88:9"\n`,
    ];
    const found = forms.map((text) => essence(triage(text)));
    for (const one of found) expect(one).to.deep.equal(found[0]);
    expect(found[0]).to.have.length(1);
  });

  it('are not seen in text that only uses their words', () => {
    for (const text of [
      'the thread panicked at last',
      'Assertion failed',
      'see panicked at src/a.rs:1:1',
      'no prog: a.c:1: f: Assertion `x',
      'panic: x\ngoroutine 1 is fine',
      'ERROR: AddressSanitizer is off',
      'Location: src/a.rs:12',
      'what():  x',
    ]) {
      expect(titles(`${text}\n`), text).to.deep.equal([]);
    }
  });
});
