import { dirname } from 'node:path/posix';
import type { PackageFile } from '../../debian/package-file.ts';
import type { DebianSeriesSource, DebianSource, Flavour } from '../../matrix/matrix.ts';
import type { DebianPackage } from './package-list.ts';
import { compareVersions, upstreamVersion } from './version.ts';

/** The kernels that a suite of an archive offers. Plain JSON: it is kept in the cache. */
export interface SuiteKernels {
  readonly suite: string;
  /** The URI below which package files lie. */
  readonly archive: string;
  readonly packages: readonly DebianPackage[];
}

/** An available kernel, with all packages that contain its files. */
export interface KernelChoice {
  readonly name: string;
  readonly version: string;
  readonly suite: string;
  readonly packages: readonly PackageFile[];
}

/** The kernels that match a source, best first: newest, then signed, then earlier suite. */
export function chooseKernels(
  source: DebianSource,
  suites: readonly SuiteKernels[],
): KernelChoice[] {
  const isWanted = matcherOf(source);
  const candidates = suites.flatMap((suite) =>
    suite.packages
      .filter((image) => isWanted(image) && !isMeta(image))
      .map((image) => ({ suite, image })),
  );
  return candidates
    .sort(
      (a, b) =>
        compareVersions(b.image.version, a.image.version) ||
        Number(isUnsigned(a.image)) - Number(isUnsigned(b.image)),
    )
    .map(({ suite, image }) => ({
      name: image.name,
      version: image.version,
      suite: suite.suite,
      packages: kernelPackages(suite, image),
    }));
}

/** A kernel that a suite offers, and what it is. */
export interface OfferedKernel extends KernelChoice {
  readonly flavour: Flavour;
  /** Major and minor version, `6.12`. */
  readonly series: string;
}

/**
 * All kernels that suites offer, oldest first, then by flavour. Of a kernel that comes signed and
 * unsigned, or in several suites, only what is preferred.
 */
export function listOffered(suites: readonly SuiteKernels[]): OfferedKernel[] {
  const offered = new Map<string, OfferedKernel>();
  const images = suites.flatMap((suite) =>
    suite.packages.map((image) => ({ suite, image, flavour: flavourOf(image.name) })),
  );
  for (const { suite, image, flavour } of images) {
    if (flavour === undefined || isMeta(image)) continue;
    const { name, version } = image;
    const key = `${version} ${flavour}`;
    const before = offered.get(key);
    if (before !== undefined && (isUnsigned(image) || !isUnsigned(before))) continue;
    const packages = kernelPackages(suite, image);
    offered.set(key, {
      ...{ name, version, suite: suite.suite, packages, flavour, series: seriesOf(version) },
    });
  }
  return [...offered.values()].sort(
    (a, b) => compareVersions(a.version, b.version) || a.flavour.localeCompare(b.flavour),
  );
}

function seriesOf(version: string): string {
  return upstreamVersion(version).split(/[.~]/, 2).join('.');
}

/** The series that exist of a flavour, for an error: `6.1 (6.1.170-3, 6.1.176-1)`. */
export function describeSeries(suites: readonly SuiteKernels[], flavour: Flavour): string[] {
  const versions = suites
    .flatMap(({ packages }) => packages)
    .filter((image) => flavourOf(image.name) === flavour && !isMeta(image))
    .map(({ version }) => version)
    .sort(compareVersions);
  const bySeries = Object.groupBy(new Set(versions), seriesOf);
  return Object.entries(bySeries).map(([series, all]) => `${series} (${all?.join(', ')})`);
}

/** Whether a package of this name and version is one that the source asks for. */
export function answersSource(source: DebianSource, found: Named): boolean {
  return matcherOf(source)(found);
}

type Named = Pick<DebianPackage, 'name' | 'version'>;

function matcherOf(source: DebianSource): (candidate: Named) => boolean {
  switch (source.kind) {
    case 'debian-series':
      return isOfSeries(source);
    case 'debian-package':
      return isPackage(source.package);
  }
}

/** `name` or `name=version`, as apt-get takes it. */
function isPackage(wanted: string): (candidate: Named) => boolean {
  const [name, version] = wanted.split('=', 2);
  return (candidate) =>
    candidate.name === name && (version === undefined || candidate.version === version);
}

function isOfSeries(source: DebianSeriesSource) {
  return ({ name, version }: Named): boolean => {
    if (flavourOf(name) !== source.flavour) return false;
    const upstream = upstreamVersion(version);
    const rest = upstream.slice(source.series.length);
    return upstream.startsWith(source.series) && /^(?:$|[.~])/.test(rest);
  };
}

function flavourOf(name: string): Flavour | undefined {
  const suffix = name.match(/^linux-image-\d\S*?-((?:cloud-|rt-)?amd64)(?:-unsigned)?$/)?.[1];
  switch (suffix) {
    case 'cloud-amd64':
      return 'cloud';
    case 'rt-amd64':
      return 'rt';
    case 'amd64':
      return 'full';
    default:
      return undefined;
  }
}

/** `linux-image-6.12-cloud-amd64` in bookworm-security: empty, needs the newest of its series. */
function isMeta({ needs }: DebianPackage): boolean {
  return needs.some((name) => name.startsWith('linux-image-'));
}

function isUnsigned({ name }: Pick<DebianPackage, 'name'>): boolean {
  return name.endsWith('-unsigned');
}

/**
 * Up to 6.18 all files are in linux-image. Since 6.19 that is an empty package that depends on
 * linux-binary (the image), linux-base (the config) and linux-modules. A linux-image that depends
 * only on linux-base (6.17, 6.18) still has its own config.
 */
function kernelPackages(suite: SuiteKernels, image: DebianPackage): PackageFile[] {
  if (!image.needs.some((name) => name.startsWith('linux-binary-'))) {
    return [packageFile(suite, image)];
  }
  return image.needs.map((name) => {
    const found = suite.packages.find(
      (candidate) => candidate.name === name && candidate.version === image.version,
    );
    return found ? packageFile(suite, found) : unlistedFile(suite, name, image);
  });
}

function packageFile({ archive }: SuiteKernels, found: DebianPackage): PackageFile {
  const { name, version, file, sha256, bytes } = found;
  return { name, version, archive, file, vouchedBy: 'list', sha256, bytes };
}

/**
 * Backports drop the packages of source `linux` from their index as soon as there is a newer
 * version, but the pool keeps the files as long as the signed linux-binary needs them.
 */
function unlistedFile(
  { archive }: SuiteKernels,
  name: string,
  { version, file }: DebianPackage,
): PackageFile {
  const pool = dirname(file).replace(/linux-signed(-[\d.]+)?-amd64$/, 'linux$1');
  const withoutEpoch = version.replace(/^\d+:/, '');
  const path = `${pool}/${name}_${withoutEpoch}_amd64.deb`;
  return { name, version, archive, file: path, vouchedBy: 'nobody' };
}
