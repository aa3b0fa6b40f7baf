/**
 * Orders versions of Debian packages as deb-version(7) says. Our own code: `dpkg
 * --compare-versions` costs a process for each comparison, and npm has no maintained library.
 * Negative if `a` is older, positive if it is newer, 0 if they are equal.
 */
export function compareVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

/** The upstream part of a version: `6.12.117` of `6.12.117-1~deb12u1`. */
export function upstreamVersion(version: string): string {
  return split(version).upstream;
}

function split(version: string) {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Text and numbers alternate: text is compared by the rank of its characters, numbers by value. */
function comparePart(a: string, b: string): number {
  const left = pieces(a);
  const right = pieces(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [leftText, leftNumber] = left[index] ?? NOTHING;
    const [rightText, rightNumber] = right[index] ?? NOTHING;
    const order = compareText(leftText, rightText);
    if (order !== 0) return order;
    if (leftNumber !== rightNumber) return leftNumber < rightNumber ? -1 : 1;
  }
  return 0;
}

type Piece = readonly [text: string, number: bigint];
const NOTHING: Piece = ['', 0n];

function pieces(part: string): Piece[] {
  return [...part.matchAll(/(\D*)(\d*)/g)].map(([, text = '', digits]) => [
    text,
    BigInt(digits || 0),
  ]);
}

function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = rank(a[index]) - rank(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A tilde sorts before the end, the end before letters, letters before everything else. */
function rank(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[a-z]/i.test(character) ? code : code + 256;
}
