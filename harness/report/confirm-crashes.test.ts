import { expect } from 'chai';
import { makeFinding } from '../verdict/finding.ts';
import { confirmCrashes } from './confirm-crashes.ts';
import type { CellReport } from './schema.ts';

const DEATH = makeFinding({
  ...{ class: 'kernel-panic', title: 'Kernel panic: Attempted to kill init', source: 'console' },
  ...{ start: 3, end: 4, excerpt: '' },
});

type Guest = CellReport['guests'][number];

const guest = (number: number, from: Guest['from'], end?: string): Guest => ({
  ...{ number, from, reason: 'first', command: [] },
  ...(end === undefined ? {} : { end }),
});

/** Whether the crash of guest 1 is left unconfirmed beside these guests and tests. */
function isOpen(
  guests: readonly Guest[],
  crashed: readonly number[],
  tests: CellReport['tests'] = [],
): boolean {
  const findings = crashed.map((number) => ({ guest: number, finding: DEATH }));
  return confirmCrashes({ guests: [...guests], tests, findings })[0]?.isUnconfirmed === true;
}

const testIn = (number: number, findings: (typeof DEATH)[] = []): CellReport['tests'][number] => ({
  ...{ file: 'x.spec.ts', title: 'x', verdict: 'pass', durationMs: 1 },
  ...{ guest: number, findings },
});

describe('a crash of a guest before any test ran in it', () => {
  it('is not confirmed if the guest was restored and no other had it', () => {
    expect(isOpen([guest(1, 'L2', 'ended'), guest(2, 'boot', 'ended')], [1])).to.equal(true);
    expect(isOpen([guest(1, 'L1', 'ended')], [1])).to.equal(true);
  });

  it('counts if the guest was booted', () => {
    expect(isOpen([guest(1, 'boot', 'ended')], [1])).to.equal(false);
  });

  it('is confirmed by a booted guest, or by a test, with the same crash', () => {
    const guests = [guest(1, 'L2', 'ended'), guest(2, 'boot', 'ended'), guest(3, 'L2', 'ended')];
    expect(isOpen(guests, [1, 2])).to.equal(false);
    expect(isOpen(guests, [1], [testIn(3, [DEATH])])).to.equal(false);
    expect(isOpen(guests, [1, 3]), 'another restored one proves nothing').to.equal(true);
  });

  it('counts if a test ran in the guest, in whatever try, or may still run in it', () => {
    const retried = { ...testIn(2), attempts: [testIn(1), testIn(2)] };
    const guests = [guest(1, 'L2', 'ended'), guest(2, 'L2', 'ended')];
    expect(isOpen(guests, [1], [testIn(1)])).to.equal(false);
    expect(isOpen(guests, [1], [retried])).to.equal(false);
    expect(isOpen([guest(1, 'L2')], [1])).to.equal(false);
  });
});
