import type { Reason } from '../../compare/comparison.ts';

/** A reason's row has this id. */
export function reasonAddress({ kind, key }: Pick<Reason, 'kind' | 'key'>): string {
  return `reason/${kind}/${encodeURIComponent(key.toWellFormed())}`;
}

/** A symbol's row has this id. */
export function symbolAddress(symbol: string): string {
  return `symbol/${encodeURIComponent(symbol.toWellFormed())}`;
}
