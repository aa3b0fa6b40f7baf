import type { Part, Reason } from '../../compare/comparison.ts';
import { grouped } from '../count-of.ts';

/** A reason's row has this id. */
export function reasonAddress({ kind, key }: Pick<Reason, 'kind' | 'key'>): string {
  return `reason/${kind}/${encodeURIComponent(key.toWellFormed())}`;
}

/** `40 of 40 worse cells, 0 of 44 better`. */
export function countsOf({ bad, good }: Pick<Reason, 'bad' | 'good'>): string {
  return `${share(bad)} worse cells, ${share(good)} better`;
}

function share({ number, of }: Part): string {
  return `${grouped(number)} of ${grouped(of)}`;
}
