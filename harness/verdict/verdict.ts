/** Every verdict that a test or a cell can get, worst first: the worst one sums up a cell. */
export const VERDICTS = [
  'kernel-panic',
  'kernel-oops',
  'agent-panic',
  'boot-failure',
  'hang',
  'fail',
  'error',
  'miss',
  'pass',
  'skip',
] as const;

export type Verdict = (typeof VERDICTS)[number];

/** The worst of some verdicts, or `miss` for none: what did not run was not measured. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  const seen = new Set(verdicts);
  return VERDICTS.find((verdict) => seen.has(verdict)) ?? 'miss';
}

/** `pass` and `skip` are good; everything else makes a run red. */
export function isGood(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'skip';
}
