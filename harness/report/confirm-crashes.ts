import { isCrash } from '../verdict/finding.ts';
import type { CellReport, LooseFinding, TestReport } from './schema.ts';

/**
 * Marks crashes that may be their template's doing: those of guests that were restored and ended before
 * any test ran in them. They count only if the same crash came in a guest that was booted, or in a test.
 */
export function confirmCrashes({
  guests,
  tests,
  findings,
}: Pick<CellReport, 'guests' | 'tests' | 'findings'>): LooseFinding[] {
  if (findings.length === 0) return [];
  const tries = tests.flatMap(({ attempts, ...test }): readonly Try[] => attempts ?? [test]);
  const used = new Set(tries.map(({ guest }) => guest));
  const waiting = new Set(
    guests
      .filter(({ from, number, end }) => from !== 'boot' && end !== undefined && !used.has(number))
      .map(({ number }) => number),
  );
  const confirmed = new Set([
    ...tries.flatMap((one) => one.findings.map(({ signature }) => signature)),
    ...findings.filter(({ guest }) => !waiting.has(guest)).map(({ finding }) => finding.signature),
  ]);
  return findings.map((loose) => {
    const { guest, finding } = loose;
    const isOpen = isCrash(finding) && waiting.has(guest) && !confirmed.has(finding.signature);
    return isOpen ? { ...loose, isUnconfirmed: true } : loose;
  });
}

type Try = Pick<TestReport, 'guest' | 'findings'>;

/** Whether a crash outside of tests says anything about what is tested. */
export function isBelieved({ finding, isVoid, isUnconfirmed }: LooseFinding): boolean {
  return isCrash(finding) && isVoid !== true && isUnconfirmed !== true;
}
