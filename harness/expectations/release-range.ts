/**
 * Ranges of kernel releases. Our own code: a release such as `6.12.117+deb12-cloud-amd64` or
 * `5.10.0-32-cloud-amd64` is not a semantic version (what follows its numbers is not a
 * pre-release), and libraries for those reject it or order it wrongly.
 */

/** `>=6.12`, `<7.0`, or several of these, all of which must hold. */
const RANGE = /^(?:<=?|>=?|=)\d+(?:\.\d+){0,2}(?: +(?:<=?|>=?|=)\d+(?:\.\d+){0,2})*$/;
const COMPARISON = /(<=?|>=?|=)([\d.]+)/g;

/**
 * Whether a word of `kernel:` is meant as a range: names of kernels start with other characters.
 */
export function looksLikeRange(word: string): boolean {
  return /^[<>=]/.test(word);
}

export function isRange(word: string): boolean {
  return RANGE.test(word);
}

/**
 * Whether a kernel's release (`uname -r`) is in a range. Only as many numbers are compared as the
 * range has: 6.12.117 is neither above nor below 6.12, but equal to it.
 */
export function isInRange(release: string, range: string): boolean {
  const key = `${release} ${range}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = compareAll(release, range);
  answers.set(key, answer);
  return answer;
}

/** A run has few releases and ranges, and asks about both again for each of its tests. */
const answers = new Map<string, boolean>();

function compareAll(release: string, range: string): boolean {
  const version = /^\d+(?:\.\d+)*/.exec(release)?.[0];
  if (version === undefined) return false;
  return [...range.matchAll(COMPARISON)].every(([, operator = '', bound = '']) => {
    const order = compare(version, bound);
    if (operator === '=') return order === 0;
    if (operator.endsWith('=') && order === 0) return true;
    return operator.startsWith('<') ? order < 0 : order > 0;
  });
}

function compare(version: string, bound: string): number {
  const numbers = version.split('.').map(Number);
  const bounds = bound.split('.').map(Number);
  const differing = bounds.findIndex((number, index) => number !== (numbers[index] ?? 0));
  return differing === -1 ? 0 : (numbers[differing] ?? 0) - (bounds[differing] ?? 0);
}
