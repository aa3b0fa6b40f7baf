/** A place from which the host's apt takes packages. */
export interface AptTarget {
  /** URI of the archive without a trailing slash. */
  readonly uri: string;
  /** As the sources name it: `bookworm`, `bookworm-security`. */
  readonly suite: string;
  /** The suite by its signed Release file; absent if apt has no lists of it yet. */
  readonly origin?: string;
}

/** Format for `apt-get indextargets`, which understands every way to write apt sources. */
export const TARGET_FORMAT = '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)';

/** The archives with a `main` component in the output of `apt-get indextargets` in that format. */
export function parseAptTargets(text: string): AptTarget[] {
  const targets: AptTarget[] = [];
  for (const line of text.split('\n')) {
    const words = line.match(/^(?<uri>\S+) (?<suite>\S+) main(?: (?<origin>.+))?$/)?.groups;
    const { uri, suite, origin } = words ?? {};
    if (!uri || !suite || uri.startsWith('cdrom:')) continue;
    // A variable that apt has no value for is printed as is.
    const known = origin && !origin.startsWith('$(') ? { origin } : {};
    targets.push({ uri: uri.replace(/\/+$/, ''), suite, ...known });
  }
  return targets;
}

/**
 * The archive of the host's own sources that has a suite of Debian, or undefined. Any suite can be
 * asked for, not only those that the host uses: an archive has them all. Security updates are an
 * archive of their own; if the host has none, it is expected beside the main one.
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

/** For an archive that apt has not read yet the suite has to do: signatures are checked later. */
function isDebian({ origin, suite }: AptTarget): boolean {
  return origin === undefined ? isDebianSuite(suite) : origin === 'Debian';
}

/** Released and coming versions of Debian whose kernels are available, oldest first. */
export const DEBIAN_VERSIONS = ['bullseye', 'bookworm', 'trixie', 'forky', 'duke'] as const;

function isDebianSuite(suite: string): boolean {
  const [version = ''] = suite.split(/[-/]/);
  return ['sid', 'experimental', ...DEBIAN_VERSIONS].includes(version);
}
