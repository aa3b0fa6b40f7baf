import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { independentCrashes } from './consequences.ts';
import { createConsoleTriage } from './console-triage.ts';
import { type Finding, makeFinding } from './finding.ts';

function findingOf(
  kind: Finding['class'],
  title: string,
  source: Finding['source'] = 'console',
  excerpt = '',
): Finding {
  return makeFinding({ class: kind, title, source, start: 0, end: 1, excerpt });
}

const titlesOf = (findings: readonly Finding[]) =>
  independentCrashes(findings).map(({ title }) => title);

describe('crashes of one test', () => {
  for (const [name, count] of [
    ['panic-on-oops-6.12', 1],
    ['panic-on-warn-6.12', 1],
    ['init-rust-panic-6.12', 1],
    ['null-dereference-6.12', 1],
    ['lockdep-others', 3],
  ] as const) {
    it(`are ${count} in ${name}.txt, by what led to what`, () => {
      const file = readFileSync(new URL(`testdata/console/${name}.txt`, import.meta.url));
      const triage = createConsoleTriage();
      const findings = [...triage.push(file.subarray(file.indexOf('\n\n') + 2)), ...triage.end()];
      expect(titlesOf(findings)).to.have.length(count);
    });
  }

  it('are all news where none led to another', () => {
    const panic = findingOf('agent-panic', 'known at src/a.rs:1', 'agent-stderr');
    const other = findingOf('agent-panic', 'new at src/b.rs:1', 'agent-stderr');
    const warning = findingOf('kernel-oops', 'WARNING in f');
    const death = findingOf('agent-panic', 'the agent died: SIGSEGV', 'init');
    const all = [panic, other, warning, death];
    expect(independentCrashes(all)).to.deep.equal(all);
  });

  it('are two where a panic says what it is about, and that is something else', () => {
    const warning = 'WARNING: CPU: 0 PID: 1 at mm/x.c:1 charge+0x1/0x2\n---[ end trace 0 ]---\n';
    for (const [why, count] of [
      ['RCU Stall', 2],
      ['softlockup: hung tasks', 2],
      ['Fatal exception', 2],
      ['kernel: panic_on_warn set ...', 1],
    ] as const) {
      const triage = createConsoleTriage();
      triage.push(Buffer.from(`[    1.000000] Linux version 6.12\n`));
      const text = `${warning}Kernel panic - not syncing: ${why}\n`;
      const bytes = Buffer.from(text.replace(/^/gm, '[    2.000000] '));
      expect(titlesOf([...triage.push(bytes), ...triage.end()]), why).to.have.length(count);
    }
  });

  it('are one where an oops ended the agent’s task', () => {
    const oops = findingOf('kernel-oops', 'BUG: x in f', 'console', 'BUG: x\nOops: 0000 [#1]');
    const death = findingOf('agent-panic', 'the agent died: SIGKILL', 'init');
    expect(independentCrashes([oops, death])).to.deep.equal([oops]);
  });

  it('are two where PID 1 died after an oops that has nothing to do with the agent', () => {
    const oops = findingOf('kernel-oops', 'WARNING in f');
    const death = findingOf('kernel-panic', 'Kernel panic: Attempted to kill init! (SIGKILL)');
    expect(independentCrashes([oops, death])).to.have.length(2);
  });
});
