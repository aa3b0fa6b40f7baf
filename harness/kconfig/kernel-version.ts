/**
 * Order of kernel versions. Our own code: a release such as `6.12.117+deb12-cloud-amd64` or
 * `5.10.0-32-cloud-amd64` is not a semantic version (what follows its numbers is not a
 * pre-release), and libraries for those reject it or order it wrongly.
 */

/**
 * Below 0 if a kernel's release (`uname -r`) is older than a version such as `6.12`, above 0 if it is
 * newer. Only as many numbers are compared as the version has: 6.12.117 is equal to 6.12. Undefined
 * if the release does not begin with a number.
 */
export function compareVersions(release: string, version: string): number | undefined {
  const found = /^\d+(?:\.\d+)*/.exec(release)?.[0];
  if (found === undefined) return undefined;
  const numbers = found.split('.').map(Number);
  for (const [index, bound] of version.split('.').map(Number).entries()) {
    const number = numbers[index] ?? 0;
    if (number !== bound) return number - bound;
  }
  return 0;
}
