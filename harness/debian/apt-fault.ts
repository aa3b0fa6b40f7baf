/** What kept apt from getting something. */
export type AptFault =
  | 'disk-full'
  | 'signature'
  | 'checksum'
  | 'too-large'
  | 'not-found'
  | 'unreachable'
  | 'other';

// Most telling first: a full disk also shows as a bad signature, a wrong size as a failed fetch.
const SIGNS: readonly (readonly [AptFault, RegExp])[] = [
  ['disk-full', /No space left on device|Disk quota exceeded|don't have enough free space/],
  ['signature', /signature|NO_PUBKEY|EXPKEYSIG|REVKEYSIG|is not signed|Clearsigned file/],
  ['checksum', /Hash Sum mismatch|File has unexpected size/],
  // SIGXFSZ, which a limit on the size of files sends.
  ['too-large', /received signal 25\b|File too large/],
  ['not-found', /\b404\b|does not have a Release file|No such file or directory/],
  [
    'unreachable',
    new RegExp(
      [
        'Could not resolve|Temporary failure resolving|Network is unreachable',
        '(?:[Cc]ould not|[Uu]nable to|Failed to) connect|Could not handshake',
        'Connection (?:failed|timed out|refused|reset)',
        '\\b50[0-9] {2}',
      ].join('|'),
    ),
  ],
];

/** Tells why apt failed, from what it printed (in the C locale, stdout and stderr). */
export function recogniseAptFault(output: string): AptFault {
  return SIGNS.find(([, sign]) => sign.test(output))?.[0] ?? 'other';
}
