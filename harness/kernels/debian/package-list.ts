/** What a suite's index says about one package of a kernel. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Path of the .deb below the archive's root. */
  readonly file: string;
  /** Of the .deb, as hexadecimal digits. */
  readonly sha256: string;
  /** Of the .deb. */
  readonly bytes: number;
  /** Packages of the same kernel that it depends on, by name; always in its own version. */
  readonly needs: readonly string[];
}

// A version must follow at once: `linux-image-cloud-amd64` (meta package) and `linux-base` (tools)
// are not kernels. Names with -dbg or -headers- do not match either.
const PART_OF_A_KERNEL =
  /^linux-(?:image|binary|modules|base)-(?:unsigned-)?\d[a-z0-9.+~-]*-amd64(?:-unsigned)?$/;

/** deb-version(7). Names and versions become names of files. */
const VERSION = /^[A-Za-z0-9.+~:-]{1,200}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The packages that kernels for amd64 consist of, or others of source `linux`, from the text of a
 * `Packages` file (deb822(5)).
 * Records that lack a field, or have a malformed one, are skipped: nothing could be fetched with them.
 * @param names Of the packages; they begin with `linux-`.
 */
export function parsePackageList(text: string, names = PART_OF_A_KERNEL): DebianPackage[] {
  const packages: DebianPackage[] = [];
  const mark = 'Package: linux-';
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    const end = text.indexOf('\n\n', at);
    const found = parseRecord(text.slice(at, end < 0 ? text.length : end));
    if (found && names.test(found.name)) packages.push(found);
  }
  return packages;
}

function parseRecord(record: string): DebianPackage | undefined {
  const field = (name: string) => record.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1];
  const [name, version, file] = [field('Package'), field('Version'), field('Filename')];
  const [sha256, bytes] = [field('SHA256'), field('Size')];
  if (!name || !version || !file || !sha256 || !bytes) return undefined;
  if (!VERSION.test(version)) return undefined;
  if (!SHA256.test(sha256) || !/^\d{1,12}$/.test(bytes)) return undefined;
  const needs = (field('Depends') ?? '')
    .split(/[,|]/)
    .map((clause) => clause.trim().split(' ')[0] ?? '')
    .filter((needed) => PART_OF_A_KERNEL.test(needed));
  return { name, version, file, sha256, bytes: Number(bytes), needs };
}
