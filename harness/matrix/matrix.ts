import type { AgentKind, Cell, CgroupMode, QemuPlace } from './cell.ts';
import type { Isolation } from './isolation.ts';

/** Debian builds each kernel in these configurations; `full` is the one without a suffix. */
export const FLAVOURS = ['cloud', 'full', 'rt'] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** A packaged Debian kernel. */
export type DebianSource = DebianSeriesSource | DebianPackageSource;

interface InSuites {
  /** Archive suites to look in, with equal weight: `bookworm`, `bookworm-security`. */
  readonly suites: readonly string[];
}

interface OrBuild {
  /** Where it is built from, with its own configuration as base, if a config asks for what it lacks. */
  readonly orBuild?: TreeSource;
}

/** What is done about packages that the archive's signed list does not have. */
export interface UnlistedPackages {
  /** By name of package: hexadecimal digits, which it must have. */
  readonly sha256: Readonly<Record<string, string>>;
  /** For a package that is not among these. */
  readonly unlisted: 'refuse' | 'trust-on-first-use';
}

/** The newest kernel of a series. */
export interface DebianSeriesSource extends InSuites, UnlistedPackages, OrBuild {
  readonly kind: 'debian-series';
  /** Major and minor version, `6.12`. */
  readonly series: string;
  readonly flavour: Flavour;
}

/** One exact package. */
export interface DebianPackageSource extends InSuites, UnlistedPackages, OrBuild {
  readonly kind: 'debian-package';
  /** `linux-image-6.1.0-56-cloud-amd64` */
  readonly package: string;
}

/** The user's own kernel files. Paths are absolute, or relative to the working directory. */
export interface PathSource {
  readonly kind: 'path';
  /** bzImage or ELF vmlinux. */
  readonly image: string;
  readonly config?: string;
  /** The folder that holds `modules.dep`. */
  readonly modules?: string;
}

/** The kernel that this host runs. */
export interface HostSource {
  readonly kind: 'host';
}

/**
 * What is asked of a kernel's configuration: fragments in this order, then the symbols. What comes
 * later has the last word.
 */
export interface KconfigRequest {
  /** Paths, or names of those that come with kmx: `debug` is `guest/kconfig/debug.config`. */
  readonly fragments: readonly string[];
  /** By symbol without `CONFIG_`: the value as a `.config` has it (`y`, `m`, `"text"`, `250`), or `n`. */
  readonly symbols: Readonly<Record<string, string>>;
}

/** Where the sources of a kernel are. Paths are absolute, or relative to the working directory. */
export type TreeSource =
  | { readonly kind: 'folder'; readonly path: string }
  /** Plain, or packed with gzip, xz, zstd or bzip2. */
  | { readonly kind: 'tarball'; readonly path: string }
  /** `commit` is whatever `git rev-parse` takes: a tag, a branch, digits of a commit. */
  | { readonly kind: 'git'; readonly repository: string; readonly commit: string }
  /** `linux-source-6.12` for the newest that the suites have, `linux-source-6.12=6.12.117-1` for that version. */
  | {
      readonly kind: 'debian-source';
      readonly suites: readonly string[];
      readonly package: string;
    };

/** What a configuration is made from, before any requests. */
export type KconfigBase =
  /** `tinyconfig` and `guest/kconfig/minimal.config`: the least that boots a guest of kmx. */
  | { readonly kind: 'minimal' }
  | { readonly kind: 'tinyconfig' | 'defconfig' }
  /** The configuration of another kernel of the matrix. */
  | { readonly kind: 'kernel'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

/** A kernel that kmx builds. */
export interface BuiltSource {
  readonly kind: 'source';
  readonly tree: TreeSource;
  readonly base: KconfigBase;
  readonly request: KconfigRequest;
  /** A file with symbols that may be absent, one a line, as Kata has one beside its fragments. */
  readonly mayBeAbsent?: string;
}

/** A kernel in packages that the user has. Paths are absolute, or relative to the working directory. */
export interface PackageSource {
  readonly kind: 'package';
  /** .deb or .rpm. */
  readonly files: readonly string[];
  /** Path or glob of the image; absent: the only one. */
  readonly image?: string;
}

/** A kernel in a container image. */
export interface OciSource {
  readonly kind: 'oci';
  readonly from:
    | {
        readonly kind: 'registry';
        /** `registry.example/kernels/linux:6.12`, with or without tag and digest. */
        readonly reference: string;
        /** Whether the registry is asked by http wherever it is. */
        readonly insecure: boolean;
      }
    /** A folder in the OCI layout. */
    | { readonly kind: 'layout'; readonly path: string; readonly tag?: string };
  /** Path or glob of the kernel's image; absent: the only one. */
  readonly file?: string;
}

export interface WebFile {
  readonly url: string;
  /** Hexadecimal digits. */
  readonly sha256: string;
}

/** Files of a kernel on the web. */
export interface UrlSource {
  readonly kind: 'url';
  readonly image: WebFile;
  readonly config?: WebFile;
  /** A tar file with `lib/modules/<release>`. */
  readonly modules?: WebFile;
}

/** A kernel in a release of Kata Containers. */
export interface KataKernelSource {
  readonly kind: 'kata';
  /** `kata-static-3.2.0-amd64.tar.zst` */
  readonly archive: string;
  /** Path or glob of the kernel's image; absent: the one that Kata boots in QEMU. */
  readonly image?: string;
}

/** The files of the kernel that this host runs, for virtual machines. */
export interface RunningSource {
  readonly kind: 'running';
}

export type KernelSource =
  | DebianSource
  | PathSource
  | HostSource
  | BuiltSource
  | PackageSource
  | OciSource
  | UrlSource
  | KataKernelSource
  | RunningSource;

/** A named way to boot guests. */
export type MachineSource =
  | {
      readonly kind: 'qemu';
      /** Where QEMU is from: the host, or a container image of packages of these suites. */
      readonly in: QemuPlace;
      readonly suites: readonly string[];
    }
  | {
      readonly kind: 'container';
      /** With all that the engine can give, instead of the few privileges that init needs. */
      readonly privileged: boolean;
    };

/** A named way to set up a guest with any kernel. */
export interface GuestConfig {
  /** Words added to the kernel's command line. */
  readonly bootParameters: readonly string[];
  /** v1 controllers whose hierarchy init does not mount even if the kernel offers it. */
  readonly leaveUnmounted: readonly string[];
  /** What the kernel's own configuration must have; absent: nothing in particular. */
  readonly kconfig?: KconfigRequest;
}

/** Where an agent is in a release archive of Kata, a root file system image or an initrd. */
export interface ArchivedAgent {
  /** Path or glob of the image or initrd in the archive; absent: the one that Kata uses. */
  readonly image?: string;
  /** The agent's path in that; absent: where Kata puts it. */
  readonly file?: string;
}

/** The software under test. Paths are absolute, or relative to the working directory. */
export type AgentSource = { readonly kind: AgentKind } & (
  | { readonly kind: 'reference'; readonly guard: 'on' | 'off' }
  | {
      readonly kind: 'kata';
      /** The agent, or what it is in. */
      readonly path: string;
      /** Present if that is an archive or an image. */
      readonly archived?: ArchivedAgent;
      readonly arguments: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      /** Folders of its libraries, beside its own and those of the system. */
      readonly libraryPath: readonly string[];
    }
);

/** Everything that may end a wait or a guest. Times are for a guest without KVM. */
export interface Limits {
  readonly bootTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly testTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly memoryMib: number;
  readonly cpus: number;
  readonly consoleBytes: number;
  /** Of the logs of all guests of a run. */
  readonly runLogBytes: number;
}

/** The values that are named on each axis; an absent axis stands for all of its values. */
export interface PartialCell {
  readonly kernel?: readonly string[];
  readonly config?: readonly string[];
  readonly cgroup?: readonly string[];
  readonly agent?: readonly string[];
  readonly machine?: readonly string[];
}

/** A part of the matrix, and the scenarios to run there. */
export interface Selection {
  readonly cells: PartialCell;
  /** Globs below `scenarios/`; absent: all of them. */
  readonly scenarios?: readonly string[];
}

/** A named part of the matrix. */
export interface Profile {
  readonly description?: string;
  readonly select: readonly Selection[];
}

/**
 * A faultless matrix file: all names in it exist, and each axis has a value. In the order of the
 * file.
 */
export interface Matrix {
  /** The file as the user named it. */
  readonly file: string;
  readonly kernels: ReadonlyMap<string, KernelSource>;
  readonly configs: ReadonlyMap<string, GuestConfig>;
  readonly cgroups: readonly CgroupMode[];
  readonly agents: ReadonlyMap<string, AgentSource>;
  readonly machines: ReadonlyMap<string, MachineSource>;
  readonly exclude: readonly PartialCell[];
  readonly include: readonly PartialCell[];
  readonly limits: Limits;
  readonly isolation: Isolation;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** The value of a name, whose existence parsing the matrix has ensured. */
export function namedValue<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new Error(`Expected the matrix to have the name ${name}`);
  return value;
}

/** The ordered cells of a run. */
export interface Plan {
  /** The profile's name, or `all` if none was asked for and the file has no `quick`. */
  readonly profile: string;
  readonly cells: readonly Cell[];
}
