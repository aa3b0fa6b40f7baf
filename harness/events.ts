/**
 * The spine between a run and its reports: `events.jsonl` has one event per line, appended and
 * flushed as it happens. Every report is a pure function of the events. Plain JSON only.
 */
import type { Expectation } from './expectations/expectation.ts';
import type { ProbedFacts } from './guest-facts.ts';
import type { BuildPlace, Cell, CgroupMode, MachineKind, QemuPlace } from './matrix/cell.ts';
import type { Isolation } from './matrix/isolation.ts';
import type { Prediction } from './needs/prediction.ts';
import type { Finding } from './verdict/finding.ts';
import type { MissKind, Verdict } from './verdict/verdict.ts';

export const EVENTS_VERSION = 7;

/** What booted the guests of a run, by its name in the matrix. */
export interface MachineFacts {
  readonly name: string;
  readonly kind: MachineKind;
  /** `none` in containers. */
  readonly accelerator: 'tcg' | 'kvm' | 'none';
  /** Of QEMU, or of the container engine. */
  readonly version: string;
  /** `Docker 20.10.24`, `Podman 4.3.1 (rootless)`; absent if no container engine has a part in it. */
  readonly engine?: string;
  /** `sha256:…` of the packages that a container's QEMU was taken from. */
  readonly image?: string;
  /** What containers were allowed beyond the ordinary: `MKNOD: agents make devices`, the name and why. */
  readonly privileges?: readonly string[];
  /** Of containers: why the host's kernel log could not be read; absent: it was. */
  readonly kernelLogFault?: string;
  /** QEMU was built without seccomp. */
  readonly lacksSandbox?: true;
}

/**
 * The lock beside a run's matrix, and what has changed since it was written: by lists of packages that are
 * at most a day old.
 */
export interface LockFacts {
  /** As seen from where kmx was started. */
  readonly file: string;
  /** Nothing but what it names was used. */
  readonly isEnforced: boolean;
  /** Kernels of which there are newer versions. */
  readonly outdated: readonly {
    readonly name: string;
    readonly locked: string;
    /** `6.12.117-1 (trixie)` */
    readonly newest: string;
  }[];
  /** Packages that the archive's lists lack by now. */
  readonly missing: readonly {
    /** Of the kernel. */
    readonly name: string;
    readonly package: string;
    /** Below the archive's root. */
    readonly file: string;
    /** When this cache first missed it. */
    readonly since: string;
  }[];
  /** Images that their registry, or their folder, lacks by now. Logs of earlier versions have none. */
  readonly gone?: readonly {
    /** Of the kernel. */
    readonly name: string;
    /** `registry.example/linux:6.12` */
    readonly image: string;
    /** `sha256:…` of the manifest. */
    readonly digest: string;
    /** When this cache first missed it. */
    readonly since: string;
  }[];
  /** Why some of that is not known: one sentence each. */
  readonly unknown: readonly string[];
  /** Kernels that were used otherwise than the lock says, if it was not enforced. */
  readonly differs?: readonly string[];
}

/** What is known about the host that ran the harness. */
export interface HostFacts {
  readonly kmx: string;
  readonly node: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryMib: number;
  /** Those that cells of the run name. */
  readonly machines: readonly MachineFacts[];
}

/**
 * What a guest reports about itself once it is up. Only controllers that can really be used count.
 */
export interface GuestFacts {
  readonly release: string;
  readonly cmdline: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly cgroup: CgroupMode;
  /** Offered to the agent in this guest's cgroup mode, after the mode was mounted. */
  readonly controllers: readonly string[];
  /** Per v1 controller: `ok` or the errno of trying to mount it. */
  readonly v1Mounts: Readonly<Record<string, string>>;
  /** The words of the root's `cgroup.controllers` before anything else was mounted. */
  readonly v2Controllers: readonly string[];
  /**
   * Controllers that `/proc/cgroups` calls enabled though they cannot be mounted, and vice versa.
   */
  readonly disagreements: readonly string[];
  /** Everything that its kernel was found to offer, by the digest of an event `facts`. */
  readonly probed?: string;
}

/**
 * Where a kernel's configuration is from: the package that the kernel came in, a file of the user's,
 * what it was built with by kmx, the kernel's image (CONFIG_IKCONFIG), or `/proc/config.gz` of the host whose kernel it is or in a guest.
 */
export const CONFIG_ORIGINS = ['package', 'file', 'build', 'image', 'host', 'guest'] as const;
export type ConfigOrigin = (typeof CONFIG_ORIGINS)[number];

/** The configuration that a kernel was built with. */
export interface ConfigFacts {
  /** `sha256:…` of its text, which is in the run's folder: `configs/<digits>.config.gz`. */
  readonly digest: string;
  readonly from: ConfigOrigin;
  /** Where it is, too: the same symbols with the same values. Absent: nowhere. */
  readonly alsoFrom?: readonly ConfigOrigin[];
  /** Where another one is. Absent: nowhere. */
  readonly disagreements?: readonly ConfigDisagreement[];
  /** `gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0`; absent if it does not say. */
  readonly compiler?: string;
}

/** Another configuration of the same kernel: one of them is not what was booted. */
export interface ConfigDisagreement {
  readonly from: ConfigOrigin;
  readonly digest: string;
  /** Symbols that differ: the first of them. */
  readonly symbols: readonly string[];
  /** How many differ. */
  readonly count: number;
}

/** A kernel as it was used, by digest. */
export interface KernelFacts {
  readonly name: string;
  readonly release: string;
  readonly digest: string;
  readonly origin: string;
  /** What it was built with, as far as that is known without booting it. */
  readonly config?: ConfigFacts;
  /** Why that is not known: one sentence. */
  readonly configMissing?: string;
  /** Its packages that no signature of the archive covers; absent if there are none. */
  readonly unlisted?: readonly UnlistedPackage[];
  /** Absent if others have built it. */
  readonly built?: BuildFacts;
}

/** How a kernel was built by kmx. */
export interface BuildFacts {
  /** How long that took. */
  readonly seconds: number;
  /** It was there from an earlier command. */
  readonly isCached: boolean;
}

/** A package that the archive's signed list does not have. */
export interface UnlistedPackage {
  readonly name: string;
  /** Hexadecimal digits. */
  readonly sha256: string;
  /** The matrix or the lock says what its sha256 must be, or it was trusted when it was first fetched. */
  readonly vouchedBy: 'matrix' | 'lock' | 'nobody';
}

/** One `it` of a scenario. `boots` is the synthetic first test of every cell. */
export interface TestId {
  /** Path below `scenarios/`, or `boots`. */
  readonly file: string;
  /** The `describe` titles and the `it` title, joined with ` › `. */
  readonly title: string;
}

export function isSameTest(one: TestId, other: TestId): boolean {
  return one.file === other.file && one.title === other.title;
}

/** The synthetic first test of every cell: a cell that never came up is a row, not an absence. */
export const BOOTS: TestId = { file: 'boots', title: 'boots' };

/** Stands in reports for the tests of a cell that came up and measured nothing. */
export const NOTHING_RAN: TestId = { file: 'scenarios', title: 'nothing ran' };

/** Stands in reports for tests that could not be counted: the cell's worker did not get to list them. */
export const ALL_TESTS: TestId = { file: 'scenarios', title: 'all tests of the cell' };

/** Why a test has its verdict, beyond the findings. */
export interface TestDetail {
  /** One line: the assertion's message, the unmet requirement, the call that hung. */
  readonly message?: string;
  /** Stack or long text, already cut. */
  readonly text?: string;
  readonly expected?: string;
  readonly actual?: string;
  /**
   * One line that is the same for all tests that fail of one cause, in every run: no ids, no
   * numbers. Absent where the assertion knows of none.
   */
  readonly cause?: string;
  /** For `hang`: the first call that got no answer, and what the agent's health call said. */
  readonly call?: string;
  /** For `miss`: why nothing was measured. */
  readonly missKind?: MissKind;
  /** Why some of what the guest or its kernel said may not have been seen. Such a result is never kept. */
  readonly unseen?: string;
  /** Present if the verdict is about the agent, and the agent has said anything that matters. */
  readonly lastWords?: LastWords;
}

/** What an agent said last. */
export interface LastWords {
  /** The stream whose end they are; its file is `cells/<cell>/guest-<guest>/<source>.log`. */
  readonly source: (typeof AGENT_STREAMS)[number];
  /** Oldest first, printable, one line each; at least one. */
  readonly lines: readonly string[];
}

export const AGENT_STREAMS = ['agent-stderr', 'agent-stdout'] as const;

/** The earlier run that measured a result. */
export interface Measured {
  readonly run: string;
  readonly time: string;
}

/**
 * Why a test got a fresh guest: `isolation` gives each test or spec file its own; `boot` is for
 * tests that want one that was not restored. After a bad verdict a guest is not used again.
 */
export type GuestReason = 'first' | 'retry' | 'resumed' | 'isolation' | 'boot' | `after-${Verdict}`;

/**
 * How a guest started: booted, or restored from one that was saved with init ready or with its
 * agent healthy.
 */
export const GUEST_ORIGINS = ['boot', 'L1', 'L2'] as const;
export type GuestOrigin = (typeof GUEST_ORIGINS)[number];

/** What `--fail-on` may name: with it, a run is red only for what came since its baseline. */
export const FAIL_ON = ['new'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** A crash that did not decide a result and that no other one explains. */
export interface CrashBeside {
  readonly signature: string;
  /** One line. */
  readonly title: string;
}

/** How a test ended: of several attempts, the one that stands. */
export interface StandingResult {
  readonly verdict: Verdict;
  readonly signature?: string;
  /** Why, on one line; empty for a pass. */
  readonly why: string;
  /** Of a miss, if it was tried. */
  readonly missKind?: MissKind;
  readonly beside?: readonly CrashBeside[];
}

/**
 * An earlier run that this one is compared with: what it was made from, and its results. Tests and
 * results are listed once, and cells refer to them by their numbers.
 */
export interface BaselineFacts {
  readonly run: string;
  readonly startedAt: string;
  /** Its folder or report, as seen from where kmx was started. */
  readonly from: string;
  /** The absolute path of its folder, since a run may be resumed from elsewhere; absent in older logs. */
  readonly folder?: string;
  readonly profile: string;
  readonly filter?: string;
  readonly isFiltered: boolean;
  /** It was interrupted or killed: what it has not measured says nothing. */
  readonly isInterrupted: boolean;
  readonly matrix?: string;
  /** As in `run-begin`; absent if they are not known. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly host: Pick<HostFacts, 'kmx' | 'node' | 'machines'> & Partial<HostFacts>;
  readonly kernels: readonly BaselineKernel[];
  readonly tests: readonly TestId[];
  readonly results: readonly StandingResult[];
  readonly cells: readonly BaselineCell[];
}

export interface BaselineKernel {
  readonly name: string;
  readonly release: string;
  readonly digest: string;
  readonly origin?: string;
  /** Digest of its configuration. */
  readonly config?: string;
}

export interface BaselineCell {
  readonly id: string;
  /** Each list: the number of a result, then those of all tests that have it. */
  readonly results: readonly (readonly number[])[];
}

/** How a kernel's configuration differs from the one of the same name in the baseline. */
export interface ConfigChange {
  /** `CONFIG_CPUSETS_V1: y → not set`: the first, those that agents need before others. */
  readonly symbols: readonly string[];
  /** How many differ. */
  readonly count: number;
  /** Why the symbols are not known: one sentence. */
  readonly missing?: string;
}

/**
 * What ended a run before all of it had run: as many unexpected results as `--max-failures` allows,
 * or the end of its `--time-budget`.
 */
export const STOP_REASONS = ['max-failures', 'time-budget'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** When a run is to stop before all of it has run. A run that is resumed gets its own ones. */
export interface RunBounds {
  /** Unexpected results. */
  readonly maxFailures?: number;
  /** Counted from the start of the command. */
  readonly timeBudgetMs?: number;
}

/** A cell that is left, and what is known of how long it will take. */
export interface Forecast {
  readonly cell: string;
  /** From earlier runs, without what need not run again; absent: it never ran. */
  readonly expectedMs?: number;
}

export type RunEvent =
  | {
      readonly type: 'run-begin';
      readonly version: typeof EVENTS_VERSION;
      readonly run: string;
      readonly time: string;
      readonly profile: string;
      readonly matrix: string;
      /**
       * Digests of what the results depend on, by name: a run can only be resumed if they are the
       * same.
       */
      readonly inputs: Readonly<Record<string, string>>;
      /** The known failures, as the file of expectations had them when the run began. */
      readonly expectations: readonly Expectation[];
      /** The file that they come from, as the user named it; absent if there was none. */
      readonly expectationsFile?: string;
      /** Only a part of the profile was asked for. */
      readonly isFiltered: boolean;
      /** The profile is the whole matrix, with all scenarios. */
      readonly isWholeMatrix: boolean;
      readonly retries: number;
      readonly missRetries: number;
      /** What had a guest of its own. */
      readonly isolation: Isolation;
      /** Where all QEMUs ran, whatever the matrix says; absent: as it says. */
      readonly qemu?: QemuPlace;
      /** Where its kernels were built; absent: on the host, or there were none to build. */
      readonly buildIn?: BuildPlace;
      /** Guests were restored from saved ones where possible. */
      readonly hasTemplates: boolean;
      /** Results of earlier runs were used where nothing had changed. */
      readonly isCacheRead: boolean;
      /** How many cells ran at the same time. */
      readonly jobs: number;
      readonly host: HostFacts;
      readonly cells: readonly Cell[];
      readonly filter?: string;
      /** Only this makes the run red; absent: whatever is not as expected does. */
      readonly failOn?: FailOn;
      /** Absent: it is to run whole. */
      readonly bounds?: RunBounds;
      /** Absent: there was none. */
      readonly lock?: LockFacts;
    }
  /** Straight after `run-begin`: what the run is compared with. */
  | { readonly type: 'baseline'; readonly time: string; readonly baseline: BaselineFacts }
  /** Once the configurations of a kernel are known, in both runs, and are not the same. */
  | {
      readonly type: 'baseline-config';
      readonly time: string;
      /** The kernel's. */
      readonly name: string;
      readonly change: ConfigChange;
    }
  /** A run that was cut off is resumed: what was in flight then starts over. */
  | { readonly type: 'run-resumed'; readonly time: string; readonly bounds?: RunBounds }
  /** The cells that are left, in the order in which they are to begin. */
  | {
      readonly type: 'schedule';
      readonly time: string;
      readonly cells: readonly Forecast[];
    }
  | { readonly type: 'kernel-end'; readonly time: string; readonly kernel: KernelFacts }
  /** A guest has said what its kernel was built with. */
  | {
      readonly type: 'kernel-config';
      readonly time: string;
      /** The kernel's. */
      readonly name: string;
      /** In place of what was known before. */
      readonly config: ConfigFacts;
    }
  | {
      readonly type: 'kernel-failed';
      readonly time: string;
      readonly name: string;
      readonly message: string;
    }
  /** What `kmx check` says of a cell: emitted before it begins, for agents whose needs are known. */
  | {
      readonly type: 'prediction';
      readonly time: string;
      readonly cell: string;
      readonly prediction: Prediction;
    }
  | { readonly type: 'cell-begin'; readonly time: string; readonly cell: string }
  | {
      readonly type: 'guest-begin';
      readonly time: string;
      readonly cell: string;
      /** Counts the guests of a cell from 1. */
      readonly guest: number;
      readonly reason: GuestReason;
      readonly from: GuestOrigin;
      readonly command: readonly string[];
      /** When it really began: it is told only once a test needs it. Absent: at `time`. */
      readonly startedAt?: string;
    }
  | {
      readonly type: 'guest-ready';
      readonly time: string;
      readonly cell: string;
      readonly guest: number;
      readonly bootMs: number;
      readonly facts: GuestFacts;
    }
  /**
   * What a kernel with its boot parameters was found to offer, before the first event that refers to
   * it. Once for each digest; again if the run is resumed.
   */
  | {
      readonly type: 'facts';
      readonly time: string;
      readonly digest: string;
      readonly facts: ProbedFacts;
    }
  /** No guest of the cell was needed so far: this is what one said when its results were measured. */
  | {
      readonly type: 'facts-recalled';
      readonly time: string;
      readonly cell: string;
      readonly facts: GuestFacts;
    }
  | {
      readonly type: 'guest-end';
      readonly time: string;
      readonly cell: string;
      readonly guest: number;
      readonly how: string;
    }
  /** Something that people should know and that the cell's results do not depend on. */
  | {
      readonly type: 'note';
      readonly time: string;
      readonly cell: string;
      readonly message: string;
    }
  /** The host or kmx failed, and with it the cell: it ends here, and some tests have no result. */
  | {
      readonly type: 'cell-failed';
      readonly time: string;
      readonly cell: string;
      readonly message: string;
    }
  | {
      readonly type: 'tests';
      readonly time: string;
      readonly cell: string;
      readonly tests: readonly TestId[];
    }
  | {
      readonly type: 'test-begin';
      readonly time: string;
      readonly cell: string;
      readonly test: TestId;
    }
  | {
      readonly type: 'finding';
      readonly time: string;
      readonly cell: string;
      readonly guest: number;
      readonly finding: Finding;
    }
  | {
      readonly type: 'test-end';
      readonly time: string;
      readonly cell: string;
      readonly test: TestId;
      /** Counts the attempts at one test from 1; absent: 1. */
      readonly attempt?: number;
      readonly verdict: Verdict;
      /** What expectations pin the verdict by; absent if it needs none. */
      readonly signature?: string;
      readonly durationMs: number;
      readonly guest?: number;
      readonly detail?: TestDetail;
      /** The finding that decided, then its consequences. */
      readonly findings: readonly Finding[];
      /** The test was not run: nothing it depends on has changed since that run measured it. */
      readonly cached?: Measured;
    }
  | {
      readonly type: 'cell-end';
      readonly time: string;
      readonly cell: string;
      readonly durationMs: number;
    }
  /** Nothing more begins, and what is running is ended. */
  | {
      readonly type: 'run-stopping';
      readonly time: string;
      readonly reason: StopReason | 'interrupted';
    }
  | {
      readonly type: 'run-end';
      readonly time: string;
      /** Not all of it has run; `--resume` runs the rest. */
      readonly interrupted: boolean;
      /** What ended it, if no signal did. */
      readonly stopped?: StopReason;
    };

/** Where a run's events go. Called in order; must not throw. */
export type EventSink = (event: RunEvent) => void;

type Without<Event, Key extends PropertyKey> = Event extends unknown ? Omit<Event, Key> : never;

export type CellEvent = Extract<RunEvent, { readonly cell: string }>;
/** What a cell may emit; facts are not about it alone. */
type EventInCell = CellEvent | Extract<RunEvent, { readonly type: 'facts' }>;

/** Emits an event that happens now. */
export type Emit = (event: Without<RunEvent, 'time'>) => void;
/** Emits an event of one cell that happens now. */
export type EmitForCell = (event: Without<EventInCell, 'time' | 'cell'>) => void;

export function stampEvents(sink: EventSink): Emit {
  return (event) => sink({ ...event, time: now() } as RunEvent);
}

export function stampCellEvents(cell: string, sink: EventSink): EmitForCell {
  return (event) => {
    const about = event.type === 'facts' ? {} : { cell };
    sink({ ...event, time: now(), ...about } as RunEvent);
  };
}

/** Wall-clock time of an event, ISO 8601 in UTC. */
export function now(): string {
  return new Date().toISOString();
}
