import { expect } from 'chai';
import { createAgentTriage } from '../agent-triage.ts';
import { createConsoleTriage } from '../console-triage.ts';
import { countSteps } from '../testing/count-steps.ts';

const LENGTH = 1500;
/** Linear time grows by 2, quadratic time by 4. */
const GROWTH_MAX = 2.5;
/** What is less than this for each character may grow in leaps. */
const STEPS_MIN = 10;

/** The expressions whose steps grow faster than the text if it is doubled. */
function findSlow(work: (text: string) => void, beginning: string, unit: string): string[] {
  const [before, after] = [LENGTH, 2 * LENGTH].map((length) =>
    countSteps(() => work(beginning + unit.repeat(length / unit.length))),
  );
  return [...(after ?? [])]
    .filter(
      ([name, steps]) =>
        steps > Math.max(STEPS_MIN * LENGTH, GROWTH_MAX * (before?.get(name) ?? 0)),
    )
    .map(([name]) => `${name}: ${beginning}${unit}…`);
}

function triage(text: string): void {
  for (const one of [createConsoleTriage(), createAgentTriage()]) {
    one.push(Buffer.from(`[    1.000000] ${text}\n${text}\n`));
    one.end();
  }
}

/** Lines that begin like a crash and go on with one of its parts again and again. */
const CASES = [
  ['a: b.c:1: ', ": Assertion `x'"],
  ['a: b.c:1: ', "Assertion `x' failed."],
  ['Assertion failed: a ', ' (a: b: 1'],
  ['*** Error in a: ', ': 0x1f *** '],
  ['free(): invalid ', 'a '],
  ['INFO: task a', ':1 blocked a '],
  ['WARNING: possible ', 'a detected '],
  ['[ INFO: possible ', 'a detected '],
  ['[ INFO: ', 'a lock order detected '],
  ['WARNING: [a] ', 'a:1 at '],
  ['BUG: KASAN: a', ' in a'],
  ['a', '[1]: segfault at a in b'],
  ['traps: a', '[1] trap a, ip:1 in b'],
  ['a', ' invoked oom-killer: '],
  ['Killed process 1 (', 'a) '],
  ['Unable to handle kernel paging request at virtual address ', '0'],
  ['Internal error: ', 'a: 1 [#1'],
  ['Oops - ', 'a [#'],
  ['a', '(1): A [#1'],
  ['RIP: 0010:f (', 'a/'],
  ['coreboot-', ' bootblock'],
  ["Assertion 'a' failed at ", '../a/'],
  ['[!!!!!!] Failed to ', ', freezing'],
  ['Warning: /dev/', ' does not exist'],
  ['mount: mounting ', 'a on /root failed: '],
  ['Kernel command line: ', 'single'],
  ['Oops: a', ': 0000 [#1] '],
  ['WARNING: [', 'a] x.c:1 at '],
  ['WARNING: ', 'a.a'],
  ['BUG ', 'a (Not tainted): '],
  ['INFO: task ', ":1 can't die for more than "],
  ['BUG: KASAN: ', ' in on address '],
  ['ODEBUG: free ', 'object type: a hint: '],
  ['BUG: Dentry ', ' still in use (1) '],
  ['assertion failed: ', 'a :: a, in '],
  ['XFS: Assertion failed: ', 'a, file: '],
  ['kobject: ', 'is not initialized, yet '],
  ['usercopy: kernel memory overwrite attempt detected to ', 'a ('],
  ['watchdog: BUG: soft lockup ', ' [a:1'],
  ['', 'BUG: '],
  ['', 'page allocation failure'],
  ['', '0 [#1'],
  ['Kernel panic - not syncing: ', 'a set ...'],
  ['panic: ', ' '],
  ['panic: ', '[recovered '],
  ['main.a(', '...)('],
  ["thread 'a' panicked at ", 'a.rs:1:1: '],
  ["thread 'a' panicked at ", "', a.rs:1"],
  ["thread 'a' panicked at ", "thread 'a' panicked at "],
  ['panicked at ', 'a.rs:1:1:'],
  ["panicked at '", "panicked at '"],
  ['A panic occurred at ', 'a.rs:1: '],
  ['A panic occurred ', 'panic.payload="'],
  ['task panicked with message "', '\\'],
  ["thread 'a' panicked at 'a", ' (left: `'],
  ['agent: ', 'panic: '],
  ['[a] ', '[a] '],
  ['ERROR:a.c:1:a: assertion failed ', '(a): '],
  ['Assertion failed: a ', '), function a, file a, line 1'],
  ["Assertion 'a", "' failed at a:1, function a. Aborting."],
  ['F0101 1 1 a.c:1] Check failed: ', '(a vs. '],
  ['(a:1): ERROR **: ', 'a.c:1: '],
  ['==1==ERROR: AddressSanitizer: ', 'a on address 0x'],
  ['==1==ERROR: AddressSanitizer: a\n    #0 0x1 in ', 'a (a /'],
  ['terminating with uncaught exception of type ', 'a::'],
  ['a: line 1: 1 Aborted  ', '(core dumped) '],
  ['', 'vmconsole="'],
  ['', '{"msg":"'],
  ['', '[    1.0'],
  ['', ' '],
  ['', 'a'],
  ['', '1'],
] as const;

describe('patterns of crashes', () => {
  for (const [beginning, unit] of CASES) {
    it(`take linear time for ${JSON.stringify(beginning)} and any number of ${JSON.stringify(unit)}`, () => {
      expect(findSlow(triage, beginning, unit)).to.deep.equal([]);
    }).timeout(60_000);
  }

  it('would be seen to take quadratic time', () => {
    expect(findSlow((text) => /^a.*b.*c/.test(text), 'a', 'b')).to.have.length(1);
    expect(findSlow((text) => text.replace(/a*$/, ''), '', 'a')).to.have.length(0);
    expect(findSlow((text) => text.replace(/a*$/, ''), 'b', 'ab')).to.have.length(0);
  });
});
