import { createHash } from 'node:crypto';

/** Another one whenever the same crash may get another signature. */
const VERSION = 1;
const DIGITS = 12;

/** What tells one crash from another. Titles have no addresses, times or pids in them. */
export interface Identity {
  readonly class: string;
  readonly title: string;
  readonly place?: string | undefined;
}

/** `s1-` and a hash of class, title and key place: what pins a known crash in expectations. */
export function signatureOf({ class: kind, title, place = '' }: Identity): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, title, place]))
    .digest('hex');
  return `s${VERSION}-${hash.slice(0, DIGITS)}`;
}
