/** Ranges of kernel releases. */
import { compareVersions } from '../kconfig/kernel-version.ts';

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
  return [...range.matchAll(COMPARISON)].every(([, operator = '', bound = '']) => {
    const order = compareVersions(release, bound);
    if (order === undefined) return false;
    if (operator === '=') return order === 0;
    if (operator.endsWith('=') && order === 0) return true;
    return operator.startsWith('<') ? order < 0 : order > 0;
  });
}
