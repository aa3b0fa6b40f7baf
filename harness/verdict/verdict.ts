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

/**
 * Why nothing was measured: the host lacked something or kmx failed, the machine died, the guest's channel or
 * output could not be trusted, the emulator computed what no processor can, the run was stopped
 * before it by its own bounds.
 */
export const MISS_KINDS = ['host', 'machine', 'channel', 'output', 'emulator', 'stopped'] as const;
export type MissKind = (typeof MISS_KINDS)[number];

/**
 * What a guest can bring about by itself: a test that passes after such a miss is flaky, since it
 * may have been the test's own doing.
 */
export function isGuestsDoing(kind: MissKind | undefined): boolean {
  return kind === 'channel' || kind === 'output';
}

/** The worst of some verdicts, or `miss` for none: what did not run was not measured. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  const seen = new Set(verdicts);
  return VERDICTS.find((verdict) => seen.has(verdict)) ?? 'miss';
}

/** `pass` and `skip` are good; everything else makes a run red. */
export function isGood(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'skip';
}
