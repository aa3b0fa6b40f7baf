/** One place that the host's apt takes packages from. */
export interface AptTarget {
  /** URI of the archive without a slash at its end. */
  readonly uri: string;
  /** As the sources name it: `bookworm`, `bookworm-security`. */
  readonly suite: string;
  /** What its signed Release file says it is; absent if apt has no lists of it yet. */
  readonly origin?: string;
}

/** Format for `apt-get indextargets`, which knows all ways to write apt sources. */
export const TARGET_FORMAT = '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)';

/** The archives with a `main` component in what `apt-get indextargets` printed in that format. */
export function parseAptTargets(text: string): AptTarget[] {
  const targets: AptTarget[] = [];
  for (const line of text.split('\n')) {
    const words = line.match(/^(?<uri>\S+) (?<suite>\S+) main(?: (?<origin>.+))?$/)?.groups;
    const { uri, suite, origin } = words ?? {};
    if (!uri || !suite || uri.startsWith('cdrom:')) continue;
    // A variable that apt has no value for is printed as it is.
    const known = origin && !origin.startsWith('$(') ? { origin } : {};
    targets.push({ uri: uri.replace(/\/+$/, ''), suite, ...known });
  }
  return targets;
}

/**
 * The archive of the host's own sources that has a suite of Debian, or undefined. Any suite can be
 * asked for, not only those that the host itself uses: an archive has them all. Security updates
 * are an archive of their own; where the host has none, it is looked for beside the main one.
 */
export function chooseArchive(targets: readonly AptTarget[], suite: string): string | undefined {
  const isForSecurity = isSecurity(suite);
  const best = (candidates: readonly AptTarget[]) =>
    candidates.find((target) => target.suite === suite) ?? candidates[0];
  const debian = targets.filter(isDebian);
  const found = best(debian.filter((target) => isSecurity(target.suite) === isForSecurity));
  if (found || !isForSecurity) return found?.uri;
  const main = best(debian);
  return main && securityArchive(main.uri);
}

/** Where a mirror keeps the suite, given the URI of its main archive: `http://…/debian`. */
export function archiveOfMirror(mirror: string, suite: string): string {
  const uri = mirror.replace(/\/+$/, '');
  return isSecurity(suite) ? securityArchive(uri) : uri;
}

function securityArchive(main: string): string {
  return `${main}-security`;
}

function isSecurity(suite: string): boolean {
  return suite.endsWith('-security') || suite.endsWith('/updates');
}

/** Of an archive that apt has not looked at yet, the suite has to do: signatures come later. */
function isDebian({ origin, suite }: AptTarget): boolean {
  return origin === undefined ? isDebianSuite(suite) : origin === 'Debian';
}

/** Released and coming versions of Debian whose kernels can be had, oldest first. */
export const DEBIAN_VERSIONS = ['bullseye', 'bookworm', 'trixie', 'forky', 'duke'] as const;

function isDebianSuite(suite: string): boolean {
  const [version = ''] = suite.split(/[-/]/);
  return ['sid', 'experimental', ...DEBIAN_VERSIONS].includes(version);
}
